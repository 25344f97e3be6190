// Measures the page in a real browser, for `cargo xtask bench page`: one line a figure, with what, limit and figure
// between tabs.
import { busy } from "./measure/busy.mjs";
import { turns } from "./measure/turns.mjs";

for (const measure of [turns, () => busy(1000), () => busy(5000)]) console.log((await measure()).join("\t"));
