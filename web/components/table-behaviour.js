// How the table of sessions behaves: which rows are drawn, an order that holds under the pointer, walking and
// selecting by keys.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "../lib/html.js";
import { access } from "../lib/access.js";
import { useKeys } from "../lib/use-keys.js";
import { toggle } from "../lib/selection.js";
import { idOf } from "../lib/status.js";
import { range } from "../lib/window.js";

/** Row heights by width, as the style sheet has them. */
const rowHeight = () => (innerWidth < 768 ? 132 : innerWidth < 1400 ? 50 : 36);
/** The header above and the tab bar below cover this much. */
const COVERED = 120;

const topOf = (body) => (body.current?.getBoundingClientRect().top ?? 0) + scrollY;

/** The range of rows to draw, following scroll and size of the window. */
export function useWindow(body, count) {
  const measure = () =>
    range({ count, rowHeight: rowHeight(), top: topOf(body), viewTop: scrollY, viewHeight: innerHeight });
  const [shown, set] = useState(measure);
  const update = () =>
    set((before) => {
      const next = measure();
      return Object.keys(next).every((name) => next[name] === before[name]) ? before : next;
    });
  useLayoutEffect(update, [count]);
  useEffect(() => {
    // Tab scrolls to a name; fast typing would leave the drawn rows before the scroll is told.
    const kinds = ["scroll", "resize", "focusin"];
    kinds.forEach((kind) => addEventListener(kind, update, { passive: true }));
    return () => kinds.forEach((kind) => removeEventListener(kind, update));
  }, [count]);
  return shown;
}

/** Whether some text of the table is selected. */
function useSelection() {
  const [isSelected, set] = useState(false);
  useEffect(() => {
    const look = () => {
      const selection = getSelection();
      set(!selection.isCollapsed && Boolean(selection.anchorNode?.parentElement?.closest("tbody tr[data-key]")));
    };
    document.addEventListener("selectionchange", look);
    return () => document.removeEventListener("selectionchange", look);
  }, []);
  return isSelected;
}

/** Where all rows move all the time nobody can read: the order is made anew once a second, and the values at once. */
const CALM_MS = 1000;

/** Whether the order was made so lately that it stays for now; then a look at it is taken soon. */
function useCalm(count) {
  const last = useRef({ at: -Infinity, count });
  const [, look] = useState(0);
  const left = last.current.at + CALM_MS - performance.now();
  const isCalm = left > 0 && last.current.count === count;
  if (!isCalm) last.current = { at: performance.now(), count };
  useEffect(() => {
    if (!isCalm) return undefined;
    const timer = setTimeout(() => look((turn) => turn + 1), left);
    return () => clearTimeout(timer);
  });
  return isCalm;
}

/**
 * While somebody is at the table its order is held, so that no row slides away: under the pointer, from under the
 * keyboard's focus, out of a selection. Another `question` (order, filter) is answered at once.
 */
export function useHeldOrder(sorted, question) {
  const held = useRef(null);
  const asked = useRef(question);
  const [isUnder, setUnder] = useState(false);
  const [isWalked, setWalked] = useState(false);
  const isSelected = useSelection();
  const isOver = isUnder || isWalked || isSelected;
  const isHeld = useCalm(sorted.length) || isOver;
  if (!isHeld || !held.current || asked.current !== question) held.current = sorted.map(idOf);
  asked.current = question;
  const byId = new Map(sorted.map((row) => [idOf(row), row]));
  const inHeld = new Set(held.current);
  const kept = held.current.map((id) => byId.get(id)).filter(Boolean);
  const list = isHeld ? [...kept, ...sorted.filter((row) => !inHeld.has(idOf(row)))] : sorted;
  return {
    list,
    moved: isOver ? list.filter((row, place) => row !== sorted[place]).length : 0,
    release: () => {
      held.current = null;
      setUnder(false);
      setWalked(false);
    },
    enter: () => setUnder(true),
    leave: () => setUnder(false),
    focus: ({ target }) => setWalked(target.matches("tbody :focus-visible")),
    blur: () => setWalked(false),
  };
}

/** A row that moves to another place in the document would lose the focus: it gets it back. */
export function useKeptFocus(body) {
  const focused = body.current?.contains(document.activeElement) ? document.activeElement : null;
  useLayoutEffect(() => {
    if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
  });
}

/** `j` and `k` give the focus to the next and previous name, also of a row that is not drawn yet. */
export function useWalk(list, body) {
  const rows = useRef(list);
  rows.current = list;
  /** Where the walk is; the focus itself is lost when its row is scrolled away. */
  const last = useRef(null);
  const isWaiting = useRef(false);

  const focus = () => {
    if (!isWaiting.current) return;
    const place = rows.current.findIndex((row) => idOf(row) === last.current);
    const link = body.current?.querySelector(`tr[data-place="${place}"] a`);
    if (!link) return;
    link.focus({ preventScroll: true });
    isWaiting.current = false;
  };
  // The row may be drawn only after the scroll: it is given the focus as soon as it is there.
  useLayoutEffect(focus);

  const step = (by) => () => {
    // Where Tab or a click has put the focus, the walk goes on from there.
    const at = document.activeElement.closest("tr[data-place]")?.dataset.place;
    const before = at === undefined ? rows.current.findIndex((row) => idOf(row) === last.current) : Number(at);
    const place = Math.min(rows.current.length - 1, Math.max(0, before + by));
    last.current = idOf(rows.current[place]);
    isWaiting.current = true;
    const top = topOf(body) + place * rowHeight();
    const isSeen = top > scrollY + COVERED && top < scrollY + innerHeight - COVERED;
    if (!isSeen) scrollTo({ top: top - innerHeight / 2 });
    focus();
  };
  useKeys({ j: step(1), k: step(-1) });
}

/** By the box of a row or by `x` on the row of the keyboard; with Shift all from the last one on. */
export function usePicking(list) {
  const ids = useRef([]);
  ids.current = list.map(idOf);
  const rows = useRef(list);
  rows.current = list;
  const pick = useMemo(() => (row, isRange) => toggle(idOf(row), ids.current, isRange), []);
  useKeys({
    x: (event) => {
      const row = rows.current[event.target.closest?.("tr[data-place]")?.dataset.place];
      if (row && access.value.control !== "off") pick(row, event.shiftKey);
    },
  });
  return { ids: ids.current, pick };
}
