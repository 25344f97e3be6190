// Starts the program under test as a user would, with a data folder of its own, and ends it.
// It deliberately knows nothing about the page: see browser.mjs.
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { whenDone } from "./undo.mjs";

/** How long a start may take on a busy machine. */
const START_MS = 60_000;
/** How long it may take to stop after SIGTERM before it is killed. */
const STOP_MS = 5_000;

/** Folders by the process that runs in them. */
const running = new Map();
// A test run that is interrupted leaves nothing behind.
process.on("exit", () => {
  for (const [child, folder] of running) {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
});
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

function program() {
  const file = process.env.FACTORY_DASHBOARD_BIN;
  if (!file) throw new Error("FACTORY_DASHBOARD_BIN must name the factory-dashboard binary");
  return path.resolve(file);
}

/** Nothing of the user's own OpenClaw or settings reaches a test. */
function environment(home, extra) {
  const kept = Object.entries(process.env).filter(([name]) => !/^(FACTORY_|OPENCLAW_|XDG_|HOME$)/.test(name));
  return { ...Object.fromEntries(kept), HOME: home, ...extra };
}

function ended(child) {
  return child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once("exit", resolve));
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const hurry = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  await ended(child);
  clearTimeout(hurry);
}

/** The address that the program says it listens at. */
function address(child, said) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`it does not listen after ${START_MS / 1000} s:\n${said()}`)),
      START_MS,
    );
    let out = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      out += text;
      const found = /^listening on (http:\/\/\S+)$/m.exec(out);
      if (found) {
        clearTimeout(late);
        resolve(found[1]);
      }
    });
    child.once("error", (error) => {
      clearTimeout(late);
      reject(error);
    });
    child.once("exit", (code) => {
      clearTimeout(late);
      reject(new Error(`it ended with ${code} before it listened:\n${said()}`));
    });
  });
}

/**
 * Runs `factory-dashboard ARGS --port 0 --data-dir TEMP`; a `dataDir` that is named outlives the program.
 * With a test's `context` it is stopped when the test ends, however that ends; without, `stop` must be called.
 */
export async function startDashboard(args, { env = {}, context, port = 0, dataDir } = {}) {
  const file = program();
  const folder = await mkdtemp(path.join(tmpdir(), "factory-dashboard-e2e-"));
  const data = dataDir ?? path.join(folder, "data");
  const child = spawn(file, [...args, "--port", String(port), "--data-dir", data], {
    stdio: ["ignore", "pipe", "pipe"],
    cwd: folder,
    env: environment(folder, env),
  });
  running.set(child, folder);
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    errors += text;
  });
  const end = async () => {
    await stop(child);
    running.delete(child);
    await rm(folder, { recursive: true, force: true });
  };
  if (context) whenDone(context, end);
  try {
    const url = await address(child, () => errors);
    return { url, port: Number(new URL(url).port), stderr: () => errors, stop: end };
  } catch (error) {
    await end();
    throw error;
  }
}
