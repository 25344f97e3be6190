// Answers of /api/usage for tests, made from a list of calls by simple sums.
const FIELDS = ["inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens"];

/** The figures of some calls: an unknown cost is null, and a sum of nothing but those is null too. */
export function figures(calls) {
  const known = calls.filter(({ cost }) => cost !== null);
  const sum = (field) => calls.reduce((total, call) => total + (call[field] ?? 0), 0);
  return {
    calls: calls.length,
    errors: calls.filter(({ error }) => error).length,
    aborted: calls.filter(({ aborted }) => aborted).length,
    ...Object.fromEntries(FIELDS.map((field) => [field, sum(field)])),
    cost: calls.length > 0 && known.length === 0 ? null : known.reduce((total, { cost }) => total + cost, 0),
    unpricedCalls: calls.length - known.length,
  };
}

/** `calls` have `at` (the place of their bucket), the fields of `by`, and figures; `starts` has one more than buckets. */
export function answer({ calls, by, starts, firstCallAt = Date.parse(starts[0]) }) {
  const key = (call) => JSON.stringify(by.map((field) => call[field]));
  const keys = [...new Set(calls.map(key))];
  const of = (list, one) => list.filter((call) => key(call) === one);
  return {
    from: starts[0],
    to: starts.at(-1),
    by,
    groups: keys.map((one) => Object.fromEntries(by.map((field, place) => [field, JSON.parse(one)[place]]))),
    groupTotals: keys.map((one, group) => ({ group, ...figures(of(calls, one)) })),
    groupsLeftOut: 0,
    buckets: starts.slice(0, -1).map((start, place) => {
      const here = calls.filter(({ at }) => at === place);
      const values = keys.flatMap((one, group) =>
        of(here, one).length > 0 ? [{ group, ...figures(of(here, one)) }] : [],
      );
      return { start, end: starts[place + 1], values, totals: figures(here) };
    }),
    totals: figures(calls),
    unpricedModels: [],
    firstCallAt,
    ledger: { status: "ok", detail: "" },
  };
}

/** Midnights of days in Seoul, with the one after the last. */
export function midnights(first, count) {
  const begin = Date.parse(`${first}T00:00:00Z`);
  return Array.from(
    { length: count + 1 },
    (_, place) => `${new Date(begin + place * 86_400_000).toISOString().slice(0, 10)}T00:00:00+09:00`,
  );
}
