import { testControl } from "../openclaw/control.mjs";

testControl("2026.3.13", { trees: false, tasks: false });
