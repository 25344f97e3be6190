// A cell whose words became others glows once, in grey, and is still again. Not for who wants no motion.
import { useLayoutEffect, useRef } from "../lib/html.js";

/** From grey to whatever the cell has: nothing, or the shade of a row under the pointer. */
const GLOW = [{ backgroundColor: "var(--glow)", offset: 0 }];
const TIMING = { id: "glow", duration: 900, easing: "ease-out" };
/** Where everything changes a glow says nothing and only costs time: with more changes a second none is shown. */
const MOST = 40;

const calm = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)");
let changed = [];
let lately = [];

/** All that one drawing changed, at once: so that of many not the first few glow. */
function glow() {
  const cells = changed;
  changed = [];
  const now = performance.now();
  lately = [...lately.filter(({ at }) => now - at < 1000), { at: now, count: cells.length }];
  const count = lately.reduce((sum, one) => sum + one.count, 0);
  if (count > MOST || calm?.matches || document.hidden) return;
  for (const cell of cells) cell?.animate(GLOW, TIMING);
}

/** `words` by the name of the cell, `c-NAME` in the row. What a row says when it is first drawn is no change. */
export function useGlow(row, words) {
  const before = useRef(null);
  useLayoutEffect(() => {
    const last = before.current;
    before.current = words;
    if (!last) return;
    for (const [name, text] of Object.entries(words)) {
      if (text === last[name]) continue;
      if (changed.length === 0) queueMicrotask(glow);
      changed.push(row.current?.querySelector(`.c-${name}`));
    }
  });
}
