// What an action touches, in numbers: how long it ran, what it used, who stops with it. Pure.
import { idOf } from "./status.js";

const tokensOf = (row) => row.inputTokens + row.outputTokens + row.cacheReadTokens + row.cacheWriteTokens;

/** Runs that a session has spawned, and those that they have, but for the sessions named. */
export function below(rows, all) {
  const named = new Set(rows.map(idOf));
  const children = new Map();
  for (const row of all) {
    if (!row.parentKey) continue;
    const parent = `${row.installation} ${row.parentKey}`;
    if (children.has(parent)) children.get(parent).push(row);
    else children.set(parent, [row]);
  }
  const found = new Set();
  const waiting = [...rows];
  for (let row = waiting.pop(); row; row = waiting.pop()) {
    for (const child of children.get(idOf(row)) ?? []) {
      if (found.has(child)) continue;
      found.add(child);
      waiting.push(child);
    }
  }
  return [...found].filter((row) => row.isRunning && !named.has(idOf(row)));
}

/** `startedAt` of the one run where there is one and the queue knows it. An unknown cost is left out and counted. */
export function losses(rows, all, queue) {
  const started = rows.length === 1 && queue.find((item) => idOf(item) === idOf(rows[0]))?.startedAt;
  return {
    startedAt: rows.length === 1 && rows[0].isRunning ? started || null : null,
    running: rows.filter((row) => row.isRunning).length,
    tokens: rows.reduce((sum, row) => sum + tokensOf(row), 0),
    cost: rows.reduce((sum, row) => sum + (row.cost ?? 0), 0),
    unpriced: rows.filter((row) => row.cost === null).length,
    subagents: below(rows, all).length,
  };
}
