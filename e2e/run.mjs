// The browser and OpenClaw tests as one list: installs what they need, says so, and runs them.
//
//   node e2e/run.mjs            everything
//   node e2e/run.mjs page       the page in a real browser, against the simulator
//   node e2e/run.mjs openclaw   page and API against a real OpenClaw with a mock model provider
//   node e2e/run.mjs control    what can be done to three versions of a real OpenClaw
//   node e2e/run.mjs measure    no tests: the figures of `cargo xtask bench page`
//
// FACTORY_DASHBOARD_BIN names the program [target/release/factory-dashboard], FACTORY_E2E_TARGET the folder for
// what is installed and for scratch files [target/e2e].
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { needChromium } from "./install/chromium.mjs";
import { Missing, say } from "./install/command.mjs";
import { needOpenClaw, needRuntime, needTestPackages } from "./install/packages.mjs";
import { nodePath, scratch } from "./openclaw/places.mjs";
import { VERSIONS } from "./openclaw/versions.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
/** Test files at a time: a page test watches animations and clocks and wants the machine for itself. */
const PARTS = { page: 1, openclaw: 2, control: 1, measure: null };
/** Parts that run when none is named. */
const USUAL = ["page", "openclaw", "control"];
/** The versions of OpenClaw that a part needs. */
const NEEDS = { page: [], openclaw: VERSIONS, control: VERSIONS, measure: VERSIONS.slice(0, 1) };
/** What the tests themselves need. */
const OLDEST_NODE = 20;

function main(wanted) {
  const unknown = wanted.filter((part) => !(part in PARTS));
  if (unknown.length > 0)
    throw new Missing(`unknown: ${unknown.join(" ")}; there are: ${Object.keys(PARTS).join(" ")}`);
  const parts = wanted.length > 0 ? wanted : USUAL;
  process.env.FACTORY_DASHBOARD_BIN = program();
  process.env.CHROMIUM = needChromium();
  needTestPackages(here);
  const hasOldNode = Number.parseInt(process.versions.node, 10) < OLDEST_NODE;
  const versions = new Set(parts.flatMap((part) => NEEDS[part]));
  if (hasOldNode || versions.size > 0) needRuntime();
  versions.forEach(needOpenClaw);
  fs.rmSync(scratch(), { recursive: true, force: true });
  const codes = parts.map((part) => runPart(part, hasOldNode ? nodePath() : process.execPath));
  return codes.find((code) => code !== 0) ?? 0;
}

function program() {
  const file = path.resolve(process.env.FACTORY_DASHBOARD_BIN ?? "target/release/factory-dashboard");
  if (!fs.existsSync(file)) throw new Missing(`${file} is missing; build it: cargo build --release`);
  return file;
}

function runPart(part, node) {
  const run = (args) => spawnSync(node, args, { stdio: "inherit" }).status ?? 1;
  if (part === "measure") return run([path.join(here, "measure.mjs")]);
  const options = ["--test", "--test-reporter=spec", `--test-concurrency=${PARTS[part]}`];
  // Files are named one by one: what a folder means to `node --test` differs between versions.
  if (part !== "control") return run([...options, ...files(part)]);
  const codes = files(part).map((file) => {
    const code = run([...options, file]);
    if (code === 0) return code;
    // What a person begins is not asked again by the test, and 2026.9.6 refuses some turns for reasons of its own.
    say(`${path.basename(file)} failed; once more`);
    return run([...options, file]);
  });
  return codes.find((code) => code !== 0) ?? 0;
}

const files = (part) =>
  fs
    .readdirSync(path.join(here, part))
    .filter((name) => name.endsWith(".test.mjs"))
    .sort()
    .map((name) => path.join(here, part, name));

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Missing)) throw error;
  console.error(`e2e: ${error.message}`);
  process.exitCode = 1;
}
