// Families: a session, the subagents it started, those that they started. Pure; cycles and missing parents are borne.
import { idOf } from "./status.js";

const parentId = (row) => (row.parentKey ? `${row.installation} ${row.parentKey}` : null);

/** The next row above that is shown: one that the filter left out is passed over. */
function nextShown(row, byId, shown) {
  const seen = new Set([idOf(row)]);
  let id = parentId(row);
  while (id !== null && byId.has(id) && !seen.has(id)) {
    if (shown.has(id)) return id;
    seen.add(id);
    id = parentId(byId.get(id));
  }
  return null;
}

/** Who stands above each of the rows that are shown; a circle is cut where it closes, so that it has a first. */
function forest(shownRows, all) {
  const byId = new Map(all.map((row) => [idOf(row), row]));
  const shown = new Set(shownRows.map(idOf));
  const above = new Map(shownRows.map((row) => [idOf(row), nextShown(row, byId, shown)]));
  const safe = new Set();
  for (const row of shownRows) {
    const path = new Set();
    let id = idOf(row);
    while (id !== null && !safe.has(id)) {
      if (path.has(id)) {
        above.set(id, null);
        break;
      }
      path.add(id);
      id = above.get(id);
    }
    for (const one of path) safe.add(one);
  }
  return above;
}

/** What a filter takes for a family: a key has no spaces there. */
export const wordOf = (key) => key.replace(/\s/g, encodeURIComponent);

/** Gives the id of the first of a family, for the id of anybody in it. */
export function firsts(all) {
  const above = forest(all, all);
  const known = new Map();
  return (id) => {
    const path = [];
    let one = id;
    while (!known.has(one) && (above.get(one) ?? null) !== null) {
      path.push(one);
      one = above.get(one);
    }
    const first = known.get(one) ?? one;
    for (const passed of path) known.set(passed, first);
    return first;
  };
}

/** The ids of everybody in the families of those rows that `isIt` is true of. */
export function members(all, isIt) {
  const firstOf = firsts(all);
  const wanted = new Set(all.filter(isIt).map((row) => firstOf(idOf(row))));
  return new Set(all.map(idOf).filter((id) => wanted.has(firstOf(id))));
}

const LEVELS = ["low", "medium", "high"];
const SUMMED = ["inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens", "calls", "unpricedCalls"];

/** One row that stands for many: its own words, the family's figures. */
export function folded(row, others) {
  const all = [row, ...others];
  const sums = Object.fromEntries(SUMMED.map((field) => [field, all.reduce((sum, one) => sum + (one[field] ?? 0), 0)]));
  const priced = all.filter(({ cost }) => cost !== null);
  const level = LEVELS.findLast((one) => all.some(({ costLevel }) => costLevel === one)) ?? row.costLevel;
  const cost = priced.length > 0 ? priced.reduce((sum, one) => sum + one.cost, 0) : null;
  return { ...row, ...sums, cost, costLevel: level, unpricedSessions: all.length - priced.length };
}

/** All in preorder by what `children` says, each with its depth. No recursion: a chain may be thousands long. */
function preorder(children) {
  const list = [];
  const stack = [...(children.get(null) ?? [])].reverse().map((row) => ({ row, depth: 0 }));
  while (stack.length > 0) {
    const one = stack.pop();
    list.push(one);
    const below = children.get(idOf(one.row)) ?? [];
    for (const row of [...below].reverse()) stack.push({ row, depth: one.depth + 1 });
  }
  return list;
}

/** Families in the order of `sorted`: each stands where its best row would, and so does each branch in it. */
function laid(sorted, all) {
  const above = forest(sorted, all);
  const children = new Map();
  for (const row of sorted) {
    const parent = above.get(idOf(row));
    if (!children.has(parent)) children.set(parent, []);
    children.get(parent).push(row);
  }
  const best = new Map(sorted.map((row, place) => [idOf(row), place]));
  const size = new Map(sorted.map((row) => [idOf(row), 0]));
  for (const { row } of preorder(children).reverse()) {
    const [id, parent] = [idOf(row), above.get(idOf(row))];
    if (parent === null) continue;
    best.set(parent, Math.min(best.get(parent), best.get(id)));
    size.set(parent, size.get(parent) + size.get(id) + 1);
  }
  for (const rows of children.values()) rows.sort((a, b) => best.get(idOf(a)) - best.get(idOf(b)));
  return preorder(children).map((one) => ({ ...one, size: size.get(idOf(one.row)) }));
}

/**
 * Rows with what they started below them; see `laid`. `isFolded(id)` hides what is below: then `below` is that.
 * Every entry: row, depth, how many are below it, whether it is folded.
 */
export function grouped(sorted, all, isFolded = () => false) {
  const whole = laid(sorted, all);
  const list = [];
  for (let place = 0; place < whole.length; place += 1) {
    const { row, depth, size } = whole[place];
    const isShut = size > 0 && isFolded(idOf(row));
    const below = isShut ? whole.slice(place + 1, place + 1 + size).map((one) => one.row) : [];
    list.push({ row, depth, size, below, isFolded: isShut });
    if (isShut) place += size;
  }
  return list;
}

/** What the head of a family says: how many of each type, and how many levels. */
export function summary(family) {
  const types = new Map();
  for (const { sessionType } of family) types.set(sessionType, (types.get(sessionType) ?? 0) + 1);
  return { types, levels: family.reduce((most, { depth }) => Math.max(most, depth), 0) + 1 };
}
