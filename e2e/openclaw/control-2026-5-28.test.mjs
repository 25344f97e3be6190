import { testControl } from "./control.mjs";

testControl("2026.5.28");
