// Where the conversation stands: at its end it stays at the end; elsewhere what is read stays where it is.
import { useEffect, useLayoutEffect, useRef, useState } from "../../lib/html.js";
import { countAfter } from "../../lib/conversation.js";

/** So near to the end is at the end, in px. */
const NEAR = 32;
/** Older messages are asked for before their place comes into view. */
const AHEAD = "600px 0px 0px";

const isAtEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight <= NEAR;
const topIn = (box, element) => element.getBoundingClientRect().top - box.getBoundingClientRect().top;

/** The first message that is seen, and where. */
function anchorOf(box) {
  for (const element of box?.querySelectorAll("[data-id]") ?? []) {
    const top = topIn(box, element);
    if (top + element.offsetHeight > 0) return { id: element.dataset.id, top };
  }
  return null;
}

/**
 * `box` scrolls, `inner` is what is in it. Read before the document changes (this runs while it is drawn anew) and
 * set right after it has: a message keeps its place to the pixel when older ones come above it.
 */
export function useScroll({ box, inner, items, isKept }) {
  const before = useRef({ items: null });
  const isStuck = useRef(true);
  const [fresh, setFresh] = useState(0);
  const anchor =
    before.current.items && before.current.items !== items && !isStuck.current ? anchorOf(box.current) : null;

  const toEnd = () => {
    isStuck.current = true;
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
    setFresh(0);
  };

  useLayoutEffect(() => {
    const last = before.current.items;
    before.current = { items };
    if (!box.current || items.length === 0) return;
    if (!last || !isKept) return void toEnd();
    if (last === items) return;
    if (isStuck.current) return void toEnd();
    const element =
      anchor && [...box.current.querySelectorAll("[data-id]")].find((one) => one.dataset.id === anchor.id);
    if (element) box.current.scrollTop += topIn(box.current, element) - anchor.top;
    const added = last.length > 0 ? countAfter(items, last.at(-1).id) : 0;
    if (added > 0) setFresh((count) => count + added);
  }, [items]);

  useEffect(() => {
    if (!box.current) return undefined;
    const moved = () => {
      isStuck.current = isAtEnd(box.current);
      if (isStuck.current) setFresh(0);
    };
    // What is drawn only when it comes into view has another height than was thought.
    const grown = new ResizeObserver(() => {
      if (isStuck.current && box.current) box.current.scrollTop = box.current.scrollHeight;
    });
    box.current.addEventListener("scroll", moved, { passive: true });
    grown.observe(inner.current);
    grown.observe(box.current);
    const element = box.current;
    return () => {
      element.removeEventListener("scroll", moved);
      grown.disconnect();
    };
  }, []);

  return { fresh, toEnd, leaveEnd: () => (isStuck.current = false) };
}

/** Calls `more` while the place for older messages is near; again after each page. */
export function useOlder({ box, top, page, more }) {
  useEffect(() => {
    if (!top.current) return undefined;
    const watch = new IntersectionObserver(([seen]) => seen.isIntersecting && more(), {
      root: box.current,
      rootMargin: AHEAD,
    });
    watch.observe(top.current);
    return () => watch.disconnect();
  }, [page]);
}
