// Families: a session, the subagents it started, those that they started. Pure; cycles and missing parents are borne.
import { idOf } from "./status.js";

const parentId = (row) => (row.parentKey ? `${row.installation} ${row.parentKey}` : null);

/** The ids from a row up to the first of its family; a cycle ends where it began. */
function lineOf(row, byId) {
  const line = [];
  const seen = new Set();
  for (let one = row; one && !seen.has(idOf(one)); one = byId.get(parentId(one))) {
    seen.add(idOf(one));
    line.push(idOf(one));
  }
  return line;
}

const indexOf = (all) => new Map(all.map((row) => [idOf(row), row]));

/** Who begins a family. In a cycle nobody does: the least id is taken, so that all of it take the same. */
function firstOf(row, byId) {
  const line = lineOf(row, byId);
  const next = parentId(byId.get(line.at(-1)));
  const start = line.indexOf(next);
  return start < 0 ? line.at(-1) : line.slice(start).sort()[0];
}

/** The ids of everybody in the families of those rows that `isIt` is true of. */
export function members(all, isIt) {
  const byId = indexOf(all);
  const first = new Map(all.map((row) => [row, firstOf(row, byId)]));
  const wanted = new Set(all.filter(isIt).map((row) => first.get(row)));
  return new Set(all.filter((row) => wanted.has(first.get(row))).map(idOf));
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

/** Children by the id of their parent, and who has none among `sorted`; both in the order of `sorted`. */
function branches(sorted, all) {
  const byId = indexOf(all);
  const shown = new Set(sorted.map(idOf));
  const children = new Map();
  const above = new Map();
  for (const row of sorted) {
    // A parent that the filter left out is passed over: the next one above it that is shown takes its place.
    const [, ...line] = lineOf(row, byId);
    above.set(idOf(row), line.find((id) => shown.has(id)) ?? null);
  }
  for (const row of sorted) {
    const id = idOf(row);
    // Whoever would be its own ancestor begins a family instead.
    const parent = reaches(above, above.get(id), id) ? null : above.get(id);
    if (parent === null) above.set(id, null);
    children.set(parent, [...(children.get(parent) ?? []), row]);
  }
  return children;
}

function reaches(above, from, id) {
  const seen = new Set();
  for (let one = from; one !== null && one !== undefined && !seen.has(one); one = above.get(one)) {
    if (one === id) return true;
    seen.add(one);
  }
  return false;
}

/**
 * Rows in the order of `sorted`, but families together: each begins where its best row stands, and below a row
 * stands what it started. `isFolded(id)` hides what is below. Every entry: row, depth, how many are below it.
 */
export function grouped(sorted, all, isFolded = () => false) {
  const children = branches(sorted, all);
  const rank = new Map(sorted.map((row, place) => [idOf(row), place]));
  const below = new Map();
  const best = new Map();
  const walk = (row) => {
    const id = idOf(row);
    const under = (children.get(id) ?? []).flatMap((child) => [child, ...walk(child)]);
    below.set(id, under);
    best.set(id, Math.min(rank.get(id), ...under.map((one) => rank.get(idOf(one)))));
    return under;
  };
  const first = children.get(null) ?? [];
  first.forEach(walk);
  const inOrder = (rows) => [...rows].sort((a, b) => best.get(idOf(a)) - best.get(idOf(b)));
  const list = [];
  const lay = (rows, depth) => {
    for (const row of inOrder(rows)) {
      const id = idOf(row);
      const isShut = below.get(id).length > 0 && isFolded(id);
      list.push({ row, depth, below: below.get(id), isFolded: isShut });
      if (!isShut) lay(children.get(id) ?? [], depth + 1);
    }
  };
  lay(first, 0);
  return list;
}

/** What the head of a family says: how many of each type, how many levels, what all of them took. */
export function summary(family) {
  const types = new Map();
  for (const { sessionType } of family) types.set(sessionType, (types.get(sessionType) ?? 0) + 1);
  return { types, levels: family.reduce((most, { depth }) => Math.max(most, depth), 0) + 1, ...sumOf(family) };
}

/** Tokens and cost of some of a family; `unpriced` have none. */
export function sumOf(some) {
  const priced = some.filter(({ cost }) => cost !== null);
  return {
    tokens: some.reduce((sum, one) => sum + (one.tokens ?? 0), 0),
    cost: priced.length > 0 ? priced.reduce((sum, one) => sum + one.cost, 0) : null,
    unpriced: some.length - priced.length,
  };
}

/** A member and all below it, of a list in preorder. */
export function branchOf(family, key) {
  const start = family.findIndex((one) => one.key === key);
  if (start < 0) return [];
  const after = family.slice(start + 1);
  const end = after.findIndex(({ depth }) => depth <= family[start].depth);
  return [family[start], ...(end < 0 ? after : after.slice(0, end))];
}
