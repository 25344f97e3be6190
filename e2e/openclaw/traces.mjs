// Leaves nothing behind: the home of one OpenClaw, and what OpenClaw puts into /tmp whatever TMPDIR says.
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { AGENTS } from "./config.mjs";

/** One lock file for each use of a database, named by the hash of the database's path. */
const LOCKS = `/tmp/openclaw-state-locks-${process.getuid()}`;
/** Packed transcripts that were read, unpacked; named by the hash of their path. */
const UNPACKED = "/tmp/openclaw/session-archive-read-cache";
/** They go when they are empty: another OpenClaw may use them. */
const SHARED_FOLDERS = [LOCKS, UNPACKED, "/tmp/openclaw"];

export function removeTraces(home) {
  if (!fs.existsSync(home)) return;
  const files = filesOf(home);
  const locks = files.filter((name) => name.endsWith(".sqlite")).map((name) => hashOf(name).slice(0, 8));
  removeFrom(LOCKS, (name) => locks.some((hash) => name.includes(`.${hash}.lock.sqlite`)));
  const unpacked = files.filter((name) => name.endsWith(".zst")).map((name) => hashOf(name).slice(0, 32));
  removeFrom(UNPACKED, (name) => unpacked.some((hash) => name.startsWith(`${hash}-`)));
  // A process that was killed a moment ago may still be writing.
  fs.rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  SHARED_FOLDERS.forEach(removeEmpty);
}

/** Every file, and where OpenClaw had it before it put its agent into the trash. */
function filesOf(home) {
  const real = fs.realpathSync(home);
  return fs.readdirSync(home, { recursive: true }).flatMap((name) => {
    const [, , folder, file] = /^\.Trash\/([^/]+)\/(agent|sessions)\/([^/]+)$/.exec(name) ?? [];
    const before = file ? AGENTS.map(({ id }) => path.join(".openclaw/agents", id, folder, file)) : [];
    return [name, ...before].map((one) => path.join(real, one));
  });
}

const hashOf = (file) => createHash("sha256").update(file).digest("hex");

function removeFrom(folder, isOwn) {
  if (!fs.existsSync(folder)) return;
  for (const name of fs.readdirSync(folder).filter(isOwn)) fs.rmSync(path.join(folder, name), { force: true });
}

function removeEmpty(folder) {
  try {
    fs.rmdirSync(folder);
  } catch (error) {
    if (!["ENOENT", "ENOTEMPTY", "EACCES", "EPERM"].includes(error.code)) throw error;
  }
}
