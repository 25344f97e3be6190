// The order of the table. Pure; unknown values stand last whichever way the order goes.
import { attention, nameOf } from "./status.js";

const VALUES = {
  status: (row) => ["active", "idle", "stale"].indexOf(row.status),
  name: (row) => nameOf(row).toLowerCase(),
  type: (row) => ["main", "subagent", "cron"].indexOf(row.sessionType),
  agent: (row) => row.agentId,
  model: (row) => row.model,
  in: (row) => row.inputTokens,
  out: (row) => row.outputTokens,
  cache: (row) => row.cacheReadTokens + row.cacheWriteTokens,
  context: (row) => row.contextPercent,
  cost: (row) => row.cost,
  updated: (row) => row.updatedAt,
};
/** Columns whose first click shows the largest first. */
const LARGEST_FIRST = ["in", "out", "cache", "context", "cost", "updated"];

export const COLUMNS = Object.keys(VALUES);
export const firstOrder = (column) => (LARGEST_FIRST.includes(column) ? "desc" : "asc");

function compare(a, b) {
  if (a === b) return 0;
  if (a === null || a === undefined) return 2;
  if (b === null || b === undefined) return -2;
  return a < b ? -1 : 1;
}

const byText = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** Newest first. Two installations may hold the same key: a total order needs both. */
const newest = (a, b) =>
  (b.updatedAt ?? 0) - (a.updatedAt ?? 0) || byText(a.key, b.key) || byText(a.installation, b.installation);

/** Without a column: what needs attention first, then the newest. */
export function sort(rows, column, order) {
  const value = VALUES[column];
  const turn = order === "desc" ? -1 : 1;
  return [...rows].sort((a, b) => {
    if (!value) return attention(a) - attention(b) || newest(a, b);
    const result = compare(value(a), value(b));
    if (Math.abs(result) === 2) return result;
    return result * turn || newest(a, b);
  });
}
