// The figures of an opened session, from its live row where there is one and else from the ledger. Pure.
import { nameOf } from "./status.js";

const own = (value, other) => value ?? other ?? null;

/** A name for a session that is in no list any more: its label, else its task as the key says it. */
export function nameFor(detail, row) {
  if (row) return nameOf(row);
  return detail.label || detail.session?.label || detail.key.split(":").slice(1).join(" › ") || detail.key;
}

/** The time of the runs that are known, in ms. A run without an end is counted to `now` while it runs. */
export function runTime(runs, now) {
  const lasted = ({ startedAt, endedAt, state }) =>
    Math.max(0, (endedAt ?? (state === "running" ? now : startedAt)) - startedAt);
  return runs.reduce((sum, run) => sum + lasted(run), 0);
}

export function figuresOf(detail, row) {
  const usage = detail?.usage ?? {};
  const last = row ?? detail?.session ?? {};
  const contextTokens = own(last.contextTokens, detail?.contextWindow);
  const turn = detail?.turns?.at(-1);
  const inContext = own(last.totalTokens, turn?.contextTokens);
  const percent = contextTokens && inContext !== null ? (inContext / contextTokens) * 100 : null;
  const cost = row ? row.cost : own(usage.cost, null);
  return {
    cost,
    level: last.costLevel ?? (cost === null ? "unpriced" : cost >= 1 ? "high" : cost >= 0.1 ? "medium" : "low"),
    basis: last.costBasis ?? null,
    unpricedCalls: last.unpricedCalls ?? 0,
    calls: own(last.calls, usage.calls) ?? 0,
    input: own(row?.inputTokens, usage.inputTokens) ?? 0,
    output: own(row?.outputTokens, usage.outputTokens) ?? 0,
    cacheRead: own(row?.cacheReadTokens, usage.cacheReadTokens) ?? 0,
    cacheWrite: own(row?.cacheWriteTokens, usage.cacheWriteTokens) ?? 0,
    contextTokens,
    inContext,
    percent: own(last.contextPercent, percent),
  };
}
