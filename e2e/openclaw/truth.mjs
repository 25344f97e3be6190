// What the dashboard must show, from the provider's own record and the configured prices. Sums are made in integers.
import assert from "node:assert/strict";
import { PRICES } from "./config.mjs";

const KINDS = ["input", "output", "cacheRead", "cacheWrite"];

/** Calls that were answered to the end. */
export const answered = (calls) => calls.filter((call) => call.completed);

/** Input, output, cache read, cache write. */
export function tokensOf(calls) {
  return KINDS.map((kind) => answered(calls).reduce((sum, call) => sum + call.usage[kind], 0));
}

/** Dollars: tokens times cents per million tokens are whole numbers of a hundred-millionth of a dollar. */
export function dollarsOf(calls) {
  const units = answered(calls).flatMap(({ model, usage }) =>
    KINDS.map((kind) => BigInt(usage[kind]) * BigInt(Math.round(PRICES[model][kind] * 100))),
  );
  return Number(units.reduce((sum, unit) => sum + unit, 0n)) / 1e8;
}

/** The four counts of a row of the API. */
export const tokensShown = (row) => [row.inputTokens, row.outputTokens, row.cacheReadTokens, row.cacheWriteTokens];

/** The four counts over all rows, as the API sums them itself. */
export const totalsShown = ({ tokenStats: all }) => [
  all.totalInput,
  all.totalOutput,
  all.totalCacheRead,
  all.totalCacheWrite,
];

const MILLIONTH = 1e-6;

/** Money in dollars. */
export function closeTo(shown, expected, what, margin = MILLIONTH) {
  assert.ok(Math.abs(shown - expected) < margin, `${what}: ${shown} is not ${expected}`);
}
