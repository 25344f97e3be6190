// Groups over time → stacked series and their running total. Pure.
import { add, NOTHING, valueOf } from "../lib/usage-figures.js";

/** So many groups have a colour of their own; more are one, "others". */
const MOST = 8;
export const OTHERS = "*";
/** A group whose name is not known; in the address an empty text would be no text. */
export const UNKNOWN = "~";

export const idOf = (name) => (name === "" ? UNKNOWN : name);

/** The largest ones and what is left. One alone is not left over: it would only lose its name. */
export function fold(groups, most = MOST) {
  if (groups.length <= most + 1) return { kept: groups, rest: [] };
  return { kept: groups.slice(0, most), rest: groups.slice(most) };
}

const byTotal = (a, b) => b.total - a.total || (a.id < b.id ? -1 : 1);

/** Each group of an answer with its figures. */
function groupsOf(answer, measure, by) {
  const figures = new Map(answer.groupTotals.map((one) => [one.group, one]));
  return answer.groups.map((group, place) => {
    const sum = figures.get(place) ?? NOTHING;
    const value = valueOf(sum, measure);
    return { id: idOf(group[by]), name: group[by], place, figures: sum, total: value ?? 0, isUnpriced: value === null };
  });
}

/** The sum until each bucket; null where nothing is known: before the first call, and where time has not come yet. */
export function running(totals, buckets, firstCallAt, now) {
  let sum = 0;
  return totals.map((value, place) => {
    const { start, end } = buckets[place];
    if (Date.parse(start) > now || Date.parse(end) <= firstCallAt) return null;
    sum += value;
    return sum;
  });
}

/**
 * What the chart draws and its table says: `series` from the bottom up, `totals` and `sums` per bucket,
 * and apart from them the groups that have no price at all.
 */
export function stack(answer, measure, by, now) {
  const all = groupsOf(answer, measure, by);
  const { kept, rest } = fold(all.filter((one) => !one.isUnpriced).sort(byTotal));
  const series = kept.map((one) => ({ ...one, values: answer.buckets.map(() => 0) }));
  const places = new Map(series.map((one) => [one.place, one]));
  if (rest.length > 0) {
    const figures = rest.map((one) => one.figures).reduce(add);
    const others = { id: OTHERS, name: null, count: rest.length, figures, total: valueOf(figures, measure) ?? 0 };
    series.push({ ...others, values: answer.buckets.map(() => 0) });
    for (const one of rest) places.set(one.place, series.at(-1));
  }
  answer.buckets.forEach((bucket, at) => {
    for (const one of bucket.values) {
      const to = places.get(one.group);
      if (to) to.values[at] += valueOf(one, measure) ?? 0;
    }
  });
  const totals = answer.buckets.map((bucket) => valueOf(bucket.totals, measure) ?? 0);
  return {
    series,
    totals,
    sums: running(totals, answer.buckets, answer.firstCallAt, now),
    total: valueOf(answer.totals, measure),
    unpriced: all.filter((one) => one.isUnpriced),
  };
}

const COLORS = 10;

/** A colour for each group: the one it had, else the first that is free. `memory` is by group. */
export function colors(memory, ids) {
  const taken = new Set();
  const given = new Map();
  for (const id of ids) {
    const had = memory.get(id);
    if (had && !taken.has(had)) {
      given.set(id, had);
      taken.add(had);
    }
  }
  for (const id of ids) {
    if (given.has(id)) continue;
    const free = Array.from({ length: COLORS }, (_, place) => place + 1).find((number) => !taken.has(number)) ?? 1;
    given.set(id, free);
    taken.add(free);
    memory.set(id, free);
  }
  return given;
}
