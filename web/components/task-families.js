// Families in the task queue: what a session started stands below it, or below a line that names it.
import { html } from "../lib/html.js";
import { firsts, grouped } from "../lib/family.js";
import { idOf, nameOf } from "../lib/status.js";
import { Tag } from "./tag.js";

const LONGEST_NAME = 200;

/** Those who began a family of which several are in the queue, but not they themselves. */
function absent(rows, all) {
  const firstOf = firsts(all);
  const counts = new Map();
  for (const row of rows) counts.set(firstOf(idOf(row)), (counts.get(firstOf(idOf(row))) ?? 0) + 1);
  const there = new Set(rows.map(idOf));
  return all.filter((row) => counts.get(idOf(row)) > 1 && !there.has(idOf(row)));
}

/** The items in families, each with its `depth`; one without a task is `{ row, depth, isHead: true }`. */
export function inFamilies(items, all) {
  const byId = new Map();
  items.forEach((item, place) => {
    const id = item.row ? idOf(item.row) : `task ${place}`;
    byId.set(id, [...(byId.get(id) ?? []), item]);
  });
  const stand = [...byId].map(([id, [{ row }]]) => row ?? { id, key: id, parentKey: null });
  const heads = absent(
    items.filter(({ row }) => row).map(({ row }) => row),
    all,
  );
  return grouped([...stand, ...heads], [...all, ...stand]).flatMap(({ row, depth }) =>
    (byId.get(idOf(row)) ?? [{ row, isHead: true }]).map((item) => ({ ...item, depth })),
  );
}

/** Names a session that has no task itself, above those that it started. */
export function FamilyHead({ row, onOpen }) {
  return html`<li class="fd-q--head">
    <button type="button" class="fd-q__t fd-cut" onClick=${() => onOpen(row)}>
      <bdi class="fd-u">${nameOf(row).slice(0, LONGEST_NAME)}</bdi>
    </button>
    <${Tag} name=${row.status} />
  </li>`;
}
