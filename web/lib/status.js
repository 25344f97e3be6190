// What a session is at this second: statuses age in the browser between two answers. Pure.
export const TYPES = ["main", "subagent", "cron"];
export const STATUSES = ["active", "idle", "stale"];

/** The age and status of a row now. A run in progress is active whatever its age. */
export function judge(row, now, limits) {
  const age = row.updatedAt === null ? null : Math.max(0, now - row.updatedAt);
  const isRunning = row.runState === "running";
  let status = "stale";
  if (isRunning || (age !== null && age <= limits.activeMs)) status = "active";
  else if (age !== null && age < limits.idleMs) status = "idle";
  const silent = isRunning && age !== null && age >= limits.stuckMs;
  const stuckSince = isRunning ? (row.stuckSinceMs ?? (silent ? row.updatedAt : null)) : null;
  return {
    ...row,
    age,
    status,
    stuckSince,
    isStuck: stuckSince !== null,
    isFailed: row.runState === "failed",
    isRunning,
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
export const idOf = (row) => `${row.installation} ${row.key}`;

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
