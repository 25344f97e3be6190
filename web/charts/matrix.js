// Two kinds of groups against each other, with sums both ways. Pure.
import { add, NOTHING, valueOf } from "../lib/usage-figures.js";
import { fold } from "./stack.js";

/** What is left of many. No agent and no model has this name: theirs are texts. */
export const OTHERS_NAME = Symbol("others");

const put = (map, name, figures) => map.set(name, add(map.get(name) ?? NOTHING, figures));

/** The names, largest first; those past `most` share one. */
function order(sums, measure, most) {
  const size = ([, figures]) => valueOf(figures, measure) ?? -1;
  const sorted = [...sums].sort((a, b) => size(b) - size(a) || (a[0] < b[0] ? -1 : 1)).map(([name]) => name);
  const { kept, rest } = fold(sorted, most);
  const rename = new Set(rest);
  return {
    names: rest.length > 0 ? [...kept, OTHERS_NAME] : kept,
    left: rest.length,
    shown: (name) => (rename.has(name) ? OTHERS_NAME : name),
  };
}

/**
 * `rows` and `columns` are names, `cell(row, column)` the figures or null where there was no call,
 * `rowSum` and `columnSum` the sums, `highest` the largest cell.
 */
export function matrix(answer, measure, { row = "agent", column = "model", mostRows = 12, mostColumns = 7 } = {}) {
  const sums = new Map(answer.groupTotals.map((one) => [one.group, one]));
  const entries = answer.groups.map((group, place) => [group[row], group[column], sums.get(place) ?? NOTHING]);
  const [byRow, byColumn] = [new Map(), new Map()];
  for (const [r, c, figures] of entries) {
    put(byRow, r, figures);
    put(byColumn, c, figures);
  }
  const [down, across] = [order(byRow, measure, mostRows), order(byColumn, measure, mostColumns)];
  const [cells, rowSums, columnSums] = [new Map(), new Map(), new Map()];
  for (const [name, other, figures] of entries) {
    const [r, c] = [down.shown(name), across.shown(other)];
    if (!cells.has(r)) cells.set(r, new Map());
    put(cells.get(r), c, figures);
    put(rowSums, r, figures);
    put(columnSums, c, figures);
  }
  const all = [...cells.values()].flatMap((line) => [...line.values()]);
  return {
    rows: down.names,
    columns: across.names,
    rowsLeft: down.left,
    columnsLeft: across.left,
    cell: (r, c) => cells.get(r)?.get(c) ?? null,
    rowSum: (r) => rowSums.get(r),
    columnSum: (c) => columnSums.get(c),
    highest: all.reduce((high, one) => Math.max(high, valueOf(one, measure) ?? 0), 0),
  };
}
