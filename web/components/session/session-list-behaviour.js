// How the list beside a session behaves: which lines are drawn, walking by keys, the opened one in view.
import { useEffect, useLayoutEffect, useRef, useState } from "../../lib/html.js";
import { useKeys } from "../../lib/use-keys.js";
import { idOf } from "../../lib/status.js";
import { range } from "../../lib/window.js";

/** The height of a line, as the style sheet has it. */
const ROW = 52;

export function useListWindow(box, count) {
  const measure = () => {
    const { scrollTop = 0, clientHeight = 900 } = box.current ?? {};
    return range({ count, rowHeight: ROW, top: 0, viewTop: scrollTop, viewHeight: clientHeight });
  };
  const [shown, set] = useState(measure);
  const update = () =>
    set((before) => {
      const next = measure();
      return Object.keys(next).every((name) => next[name] === before[name]) ? before : next;
    });
  useLayoutEffect(update, [count]);
  useEffect(() => {
    addEventListener("resize", update);
    return () => removeEventListener("resize", update);
  }, [count]);
  // What was measured for another number of lines would leave no room to scroll.
  const isOld = shown.to + shown.after / ROW !== count;
  return { ...(isOld ? measure() : shown), update };
}

/** `j` and `k` give the focus to the next and the previous line; the walk begins at the opened one. */
export function useWalk(box, list, currentId) {
  const state = useRef({ last: null });
  Object.assign(state.current, { list, currentId });
  // Another session was opened: the walk begins there.
  useEffect(() => {
    state.current.last = null;
  }, [currentId]);
  const step = (by) => () => {
    const { list: all, currentId: open, last } = state.current;
    const at = document.activeElement?.closest(".fd-side li[data-place]")?.dataset.place;
    // The focus is lost when its line is scrolled away; the walk goes on from where it was.
    const before = at === undefined ? all.findIndex((row) => idOf(row) === (last ?? open)) : Number(at);
    const place = Math.min(all.length - 1, Math.max(0, before + by));
    if (!all[place]) return;
    state.current.last = idOf(all[place]);
    const { scrollTop, clientHeight } = box.current;
    const isSeen = place * ROW >= scrollTop && (place + 1) * ROW <= scrollTop + clientHeight;
    if (!isSeen) box.current.scrollTop = place * ROW - clientHeight / 2;
    // A line that comes into view is drawn with the next frame; by then the walk may have gone on.
    const focus = () => {
      const { list: now, last: id } = state.current;
      const wanted = now.findIndex((row) => idOf(row) === id);
      box.current?.querySelector(`li[data-place="${wanted}"] a`)?.focus({ preventScroll: true });
    };
    focus();
    if (!isSeen) setTimeout(focus, 50);
  };
  useKeys({ j: step(1), k: step(-1) });
}

/** While sessions still come in, the place of the opened one changes. */
const SETTLES_MS = 5000;

/** Brings the opened session into view when the list is there; who scrolls meanwhile is left alone. */
export function useShown(box, place) {
  const state = useRef({ until: performance.now() + SETTLES_MS, top: null });
  useLayoutEffect(() => {
    const { until, top } = state.current;
    const list = box.current;
    const isMoved = top !== null && list && Math.abs(list.scrollTop - top) > 1;
    if (!list || place < 0 || isMoved || performance.now() > until) return;
    if ((place + 1) * ROW <= list.clientHeight) return;
    list.scrollTop = place * ROW - list.clientHeight / 3;
    state.current.top = list.scrollTop;
  }, [place]);
}
