// npm packages: those of the tests, the runtime of OpenClaw, and OpenClaw itself. Each is installed once; a marker
// file says what is there.
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { nodeFolder, openclawFolder, target } from "../openclaw/places.mjs";
import { NODE } from "../openclaw/versions.mjs";
import { Missing, attempt, installDebian, say, tail, works } from "./command.mjs";

const QUIET = ["--no-audit", "--no-fund", "--loglevel=error"];

/** playwright-core and axe-core, as the lock file has them. */
export function needTestPackages(folder) {
  const lock = createHash("sha256")
    .update(fs.readFileSync(path.join(folder, "package-lock.json")))
    .digest("hex");
  once(path.join(folder, "node_modules"), lock, "the packages of e2e/package-lock.json", () =>
    npm(["ci", ...QUIET], folder),
  );
}

/** The Node.js that OpenClaw runs on. Its install script fetches the program, so scripts run. */
export function needRuntime() {
  needPackage(nodeFolder(), "node", NODE, []);
}

/** OpenClaw's own install scripts are not needed. */
export function needOpenClaw(version) {
  // One dependency of this version is a git repository; the registry has the same under its name.
  const overrides = version === "2026.3.13" ? { libsignal: "npm:libsignal@6.0.0" } : {};
  needPackage(openclawFolder(version), "openclaw", version, ["--ignore-scripts"], { overrides });
}

function needPackage(folder, name, version, options, settings = {}) {
  once(folder, version, `${name} ${version} from npm`, () => {
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(
      path.join(folder, "package.json"),
      JSON.stringify({ name: "under-test", private: true, ...settings }),
    );
    return npm(["install", ...QUIET, ...options, `${name}@${version}`], folder);
  });
}

/** Tries twice: a registry may have a bad moment. */
function once(folder, wanted, what, install) {
  const marker = path.join(folder, ".factory-e2e");
  if (fs.existsSync(marker) && fs.readFileSync(marker, "utf8") === wanted) return;
  if (!works("npm")) installDebian("npm");
  say(`installing ${what} into ${path.relative(process.cwd(), folder)}/`);
  let result = install();
  if (!result.ok) {
    say("npm failed; trying once more");
    result = install();
  }
  if (!result.ok) throw new Missing(`could not install ${what}. npm said:\n${tail(result.output)}`);
  fs.writeFileSync(marker, wanted);
}

function npm(args, cwd) {
  fs.mkdirSync(target(), { recursive: true });
  return attempt("npm", args, { cwd });
}
