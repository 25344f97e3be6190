// A cell whose words became others glows once, in grey, and is still again. Not for who wants no motion.
import { useLayoutEffect, useRef } from "../lib/html.js";

/** From grey to whatever the cell has: nothing, or the shade of a row under the pointer. */
const GLOW = [{ backgroundColor: "var(--glow)", offset: 0 }];
const TIMING = { duration: 900, easing: "ease-out" };
/** Where everything changes, a glow says nothing and only costs time: no more than this many start in a second. */
const MOST = 40;

let started = [];
const calm = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)");

function mayGlow() {
  if (calm?.matches || document.hidden) return false;
  const now = performance.now();
  started = started.filter((at) => now - at < 1000);
  return started.length < MOST;
}

/** `words` by the name of the cell, `c-NAME` in the row. What a row says when it is first drawn is no change. */
export function useGlow(row, words) {
  const before = useRef(null);
  useLayoutEffect(() => {
    const last = before.current;
    before.current = words;
    if (!last) return;
    for (const [name, text] of Object.entries(words)) {
      if (text === last[name] || !mayGlow()) continue;
      started.push(performance.now());
      row.current?.querySelector(`.c-${name}`)?.animate(GLOW, { ...TIMING, id: "glow" });
    }
  });
}
