// What the charts of a session have in common: the width of their box, and reading them by pointer and arrow keys.
import { useLayoutEffect, useState } from "../lib/html.js";

/** The width of an element in pixels, whenever it changes. */
export function useWidth(box) {
  const [width, set] = useState(0);
  useLayoutEffect(() => {
    const measure = () => set(box.current?.clientWidth ?? 0);
    const follow = new ResizeObserver(measure);
    follow.observe(box.current);
    measure();
    return () => follow.disconnect();
  }, []);
  return width;
}

/** Which of `count` places is read: `at` is null, or the place and whether the keys chose it. */
export function usePlaces(count, placeOf) {
  const [at, setAt] = useState(null);
  const clamp = (place) => Math.max(0, Math.min(count - 1, place));
  const shown = at && count > 0 ? { ...at, place: clamp(at.place) } : null;
  const point = (event) => {
    if (count === 0) return;
    const { left } = event.currentTarget.getBoundingClientRect();
    setAt({ place: clamp(placeOf(event.clientX - left)), isKeyed: false });
  };
  const move = (event) => {
    const from = shown?.place ?? (event.key === "ArrowLeft" ? count : -1);
    const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: count - 1 }[event.key];
    if (event.key === "Escape" && shown) {
      event.stopPropagation();
      setAt(null);
    }
    if (to === undefined || count === 0) return;
    event.preventDefault();
    setAt({ place: clamp(to), isKeyed: true });
  };
  const clear = () => setAt(null);
  // A page that is given new figures moves no pointer: who reads with the keys goes on reading.
  const leave = () => setAt((before) => (before?.isKeyed ? before : null));
  return { at: shown, on: { onPointerMove: point, onPointerLeave: leave, onKeyDown: move, onBlur: clear } };
}

/** Puts a tip beside `x`, inside its box; `y` from the top, or what gives it. */
export function useTip(tip, x, y) {
  useLayoutEffect(() => {
    const element = tip.current;
    if (!element || x === null) return;
    const { offsetParent, offsetWidth } = element;
    const right = x + 12;
    const room = offsetParent?.clientWidth ?? 0;
    const left = right + offsetWidth > room ? Math.max(0, x - offsetWidth - 12) : right;
    Object.assign(element.style, { left: `${left}px`, top: `${typeof y === "function" ? y() : y}px` });
  });
}
