// Child processes that end when the test ends, however it ends: each leads a group of its own, is stopped by its own
// id, and is killed when this process exits or is told to stop.
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const running = new Set();

function signal(child, name) {
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

process.on("exit", () => running.forEach((child) => signal(child, "SIGKILL")));
for (const [name, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
])
  process.on(name, () => process.exit(code));

/** Starts a program whose output goes to a file. */
export function startProcess(program, args, { env, cwd, log }) {
  const output = fs.openSync(log, "a");
  const child = spawn(program, args, { env, cwd, stdio: ["ignore", output, output], detached: true });
  fs.closeSync(output);
  return track(child);
}

/** Runs a program to its end: `{code, stdout, stderr}`. */
export async function runProcess(program, args, { env, cwd, seconds = 180 }) {
  const child = track(spawn(program, args, { env, cwd, stdio: ["ignore", "pipe", "pipe"], detached: true }));
  const timer = setTimeout(() => signal(child, "SIGKILL"), seconds * 1000);
  const collected = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"])
    child[name].setEncoding("utf8").on("data", (piece) => (collected[name] += piece));
  const [code, killedBy] = await once(child, "close");
  clearTimeout(timer);
  return { code: code ?? killedBy, ...collected };
}

function track(child) {
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

export const hasEnded = (child) => child.exitCode !== null || child.signalCode !== null;

/** Asks it to stop, and kills it when it does not within the time. */
export async function stopProcess(child, seconds = 20) {
  if (!child || hasEnded(child)) return;
  signal(child, "SIGTERM");
  await Promise.race([once(child, "exit"), sleep(seconds * 1000, null, { ref: false })]);
  if (hasEnded(child)) return;
  await killProcess(child);
}

/** Kills it at once. */
export async function killProcess(child) {
  signal(child, "SIGKILL");
  await once(child, "exit");
}
