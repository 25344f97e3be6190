// Programs of the system: whether they are there, and how to get them where this user may.
import { spawnSync } from "node:child_process";

/** Something that the user has to do; its message is all that is shown. */
export class Missing extends Error {}

export const say = (text) => console.log(`e2e: ${text}`);

export function works(program, args = ["--version"]) {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}

/** Runs to the end: `{ok, output}`. */
export function attempt(program, args, options = {}) {
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    ...options,
  });
  return { ok: status === 0, output: error ? error.message : `${stdout}${stderr}`.trim() };
}

/** Installs Debian packages where this user may; otherwise names the command. */
export function installDebian(...packages) {
  const list = packages.join(" ");
  const left = "or leave the browser and OpenClaw tests out: cargo xtask check --no-e2e";
  if (process.getuid?.() !== 0 || !works("apt-get")) {
    throw new Missing(`missing: ${list}\n  install it: sudo apt-get install ${list}\n  ${left}`);
  }
  say(`installing Debian packages: ${list}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const args of [
    ["update", "-qq"],
    ["install", "-y", "-qq", "--no-install-recommends", ...packages],
  ]) {
    const { ok, output } = attempt("apt-get", args, { env });
    if (!ok) throw new Missing(`apt-get ${args.join(" ")} failed:\n${tail(output)}`);
  }
}

export const tail = (text) => text.slice(-1500);
