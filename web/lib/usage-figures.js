// Sums of calls: what a measure makes of them, and how it is written. Pure.
import { exact, exactMoney, money, tokens } from "./format.js";

export const NOTHING = {
  calls: 0,
  errors: 0,
  aborted: 0,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  cost: 0,
  unpricedCalls: 0,
};

export const tokensOf = (figures) =>
  figures.inputTokens + figures.outputTokens + figures.cacheReadTokens + figures.cacheWriteTokens;

/** A figure of one measure; a cost that nobody knows is null. */
export function valueOf(figures, measure) {
  if (measure === "cost") return figures.cost;
  return measure === "tokens" ? tokensOf(figures) : figures.calls;
}

/** The cost of two sums together: null only where no call in them has a known price. */
function costOf(a, b) {
  if (a.calls === 0) return b.cost;
  if (b.calls === 0 || b.cost === null) return a.cost;
  return (a.cost ?? 0) + b.cost;
}

/** Two sums in one. */
export function add(a, b) {
  const sum = {};
  for (const field of Object.keys(NOTHING)) sum[field] = a[field] + b[field];
  return { ...sum, cost: costOf(a, b) };
}

/** The sum of the buckets that begin on these days, both included. */
export const sumOfDays = (buckets, from, to) =>
  buckets
    .filter(({ start }) => start.slice(0, 10) >= from && start.slice(0, 10) <= to)
    .reduce((sum, { totals }) => add(sum, totals), NOTHING);

/** How much of what went in came out of the cache; null before anything went in. */
export function hitRate({ inputTokens, cacheReadTokens, cacheWriteTokens }) {
  const all = inputTokens + cacheReadTokens + cacheWriteTokens;
  return all > 0 ? (cacheReadTokens / all) * 100 : null;
}

/** A rate with one decimal; a small one is not nothing. */
export function rate(value) {
  if (value === null || value === undefined) return "—";
  return value > 0 && value < 0.1 ? "<0.1%" : `${value.toFixed(1)}%`;
}

/** A share in whole per cents; a small one is not nothing. */
export function share(part, whole) {
  if (!(whole > 0)) return "—";
  const value = (part / whole) * 100;
  return value > 0 && value < 0.5 ? "<1%" : `${Math.round(value)}%`;
}

const SHORT = { cost: money, tokens, calls: exact };
const EXACT = { cost: exactMoney, tokens: exact, calls: exact };

export const short = (measure, value) => SHORT[measure](value);
export const inFull = (measure, value) => EXACT[measure](value);

/** `8M` where `8.0M` says no more. */
const round = (value) => tokens(value).replace(/\.0(?=[kMB]$)/, "");

/** On an axis: as short as it can be. */
export function onAxis(measure, value) {
  if (measure !== "cost") return round(value);
  if (value >= 10_000) return `$${round(value)}`;
  const digits = value > 0 && value < 1 ? 2 : Number.isInteger(value) ? 0 : 2;
  const text = value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: 6 });
  return `$${text}`;
}
