// One action on many: a few requests at a time, each with a key of its own.
const AT_ONCE = 4;

/** A key that no other request has; a page without a secure context has no `randomUUID`. */
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Does `perform(target, key)` to every target that has no result yet, or may be asked for again. `results` is by the
 * target's id: `{ key, outcome, detail, again }`, outcome null while it is on its way. `onChange(results)` at every step.
 */
export async function doAll(targets, results, perform, onChange) {
  const waiting = targets.filter(({ id }) => !results[id] || results[id].again);
  let known = { ...results };
  const set = (id, result) => {
    known = { ...known, [id]: result };
    onChange(known);
  };
  for (const { id } of waiting) {
    const key = known[id]?.again === "same" ? known[id].key : newKey();
    known[id] = { key, outcome: null, detail: "", again: null };
  }
  onChange(known);
  const work = async () => {
    for (let target = waiting.shift(); target; target = waiting.shift()) {
      const { key } = known[target.id];
      const result = await perform(target, key);
      set(target.id, { key, ...result });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return known;
}
