import { testControl } from "./control.mjs";

testControl("2026.9.6");
