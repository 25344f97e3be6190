import { testControl } from "../openclaw/control.mjs";

testControl("2026.5.28");
