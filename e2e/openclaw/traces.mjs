// Leaves nothing behind: the home of one OpenClaw, and what OpenClaw puts into /tmp whatever TMPDIR says.
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

/** One lock file for each use of a database, named by the hash of the database's path. */
const LOCKS = `/tmp/openclaw-state-locks-${process.getuid()}`;
/** They go when they are empty: another OpenClaw may use them. */
const SHARED_FOLDERS = [LOCKS, "/tmp/openclaw/session-archive-read-cache", "/tmp/openclaw"];

export function removeTraces(home) {
  if (!fs.existsSync(home)) return;
  removeLocks(home);
  // A process that was killed a moment ago may still be writing.
  fs.rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  SHARED_FOLDERS.forEach(removeEmpty);
}

function removeLocks(home) {
  if (!fs.existsSync(LOCKS)) return;
  const own = fs
    .readdirSync(home, { recursive: true })
    .filter((name) => name.endsWith(".sqlite"))
    .map((name) =>
      createHash("sha256")
        .update(path.join(fs.realpathSync(home), name))
        .digest("hex")
        .slice(0, 8),
    );
  for (const name of fs.readdirSync(LOCKS)) {
    if (own.some((hash) => name.includes(`.${hash}.lock.sqlite`))) fs.rmSync(path.join(LOCKS, name), { force: true });
  }
}

function removeEmpty(folder) {
  try {
    fs.rmdirSync(folder);
  } catch (error) {
    if (!["ENOENT", "ENOTEMPTY", "EACCES", "EPERM"].includes(error.code)) throw error;
  }
}
