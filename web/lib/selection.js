// Which sessions are selected, by id; the last one that was clicked is where a range begins.
import { signal } from "./html.js";

export const selected = signal(new Set());
let last = null;

export function clear() {
  last = null;
  if (selected.value.size > 0) selected.value = new Set();
}

/** One in or out; `ids` is the order of the table, and with `isRange` all from the last to this are as this one. */
export function toggle(id, ids = [], isRange = false) {
  const next = new Set(selected.value);
  const isIn = !next.has(id);
  const [from, to] = [ids.indexOf(last), ids.indexOf(id)].sort((a, b) => a - b);
  const chosen = isRange && from >= 0 ? ids.slice(from, to + 1) : [id];
  for (const one of chosen) {
    if (isIn) next.add(one);
    else next.delete(one);
  }
  last = id;
  selected.value = next;
}

/** All of these, or none of them where all are selected already. */
export function toggleAll(ids) {
  const next = new Set(selected.value);
  const areAllIn = ids.every((id) => next.has(id));
  for (const id of ids) {
    if (areAllIn) next.delete(id);
    else next.add(id);
  }
  selected.value = next;
}
