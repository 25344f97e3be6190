// A folder as a whole: what must not change while somebody only looks.
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

/** Path, kind, size, mode, time of change and hash of everything below, by path; SQLite's own `-shm` files excepted. */
export function pictureOf(folder) {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
      .filter((file) => !file.endsWith("-shm"))
      .sort()
      .map((file) => [path.relative(folder, file), describe(file)]),
  );
}

function describe(file) {
  const { mode, size, mtimeMs } = fs.lstatSync(file);
  const kind = fs.constants.S_IFMT & mode;
  if (kind === fs.constants.S_IFDIR) return { mode };
  if (kind !== fs.constants.S_IFREG) return { mode, mtimeMs };
  return { mode, size, mtimeMs, sha256: createHash("sha256").update(fs.readFileSync(file)).digest("hex") };
}
