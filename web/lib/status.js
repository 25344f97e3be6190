// What a session is at this second: statuses age in the browser between two answers. Pure.
export const TYPES = ["main", "subagent", "cron"];
export const STATUSES = ["active", "idle", "stale"];

/** How long ago it was updated; null when it never was. */
export const ageOf = (row, now) => (row.updatedAt === null ? null : Math.max(0, now - row.updatedAt));

function statusOf(age, isRunning, limits) {
  if (isRunning || (age !== null && age <= limits.activeMs)) return "active";
  return age !== null && age < limits.idleMs ? "idle" : "stale";
}

/**
 * The status of a row now. A run in progress is active whatever its age.
 * `before` is what was judged of the same row last: it is given back where nothing has become different.
 */
export function judge(row, now, limits, before) {
  const age = ageOf(row, now);
  const isRunning = row.runState === "running";
  const status = statusOf(age, isRunning, limits);
  const silent = isRunning && age !== null && age >= limits.stuckMs;
  const stuckSince = isRunning ? (row.stuckSinceMs ?? (silent ? row.updatedAt : null)) : null;
  if (before && before.status === status && before.stuckSince === stuckSince) return before;
  const isFailed = row.runState === "failed";
  return { ...row, id: idOf(row), status, stuckSince, isStuck: stuckSince !== null, isFailed, isRunning };
}

/** Judges whole lists: a row that says what it said a second ago stays the same object, and so does the list. */
export function createJudge() {
  const known = new WeakMap();
  let last = [];
  return (rows, now, limits) => {
    let isSame = rows.length === last.length;
    const list = rows.map((row, place) => {
      const before = known.get(row);
      const judged = judge(row, now, limits, before);
      if (judged !== before) known.set(row, judged);
      if (judged !== last[place]) isSame = false;
      return judged;
    });
    if (!isSame) last = list;
    return last;
  };
}

/** Stuck first, then failed lately, then the rest. */
export function attention(row) {
  if (row.isStuck) return 0;
  return row.isFailed && row.status !== "stale" ? 1 : 2;
}

export const nameOf = (row) =>
  row.label || (row.taskName === "main" ? row.key.split(":").slice(1).join(" › ") || row.key : row.taskName);

/** What tells one session from another: two installations may hold the same key. */
export const idOf = (row) => row.id ?? `${row.installation} ${row.key}`;

export function countBy(rows, field, names) {
  const counts = Object.fromEntries(names.map((name) => [name, 0]));
  for (const row of rows) counts[row[field]] = (counts[row[field]] ?? 0) + 1;
  return counts;
}

export function sum(rows, field) {
  let total = 0;
  for (const row of rows) total += row[field] ?? 0;
  return total;
}
