// Where the conversation stands: at its end it stays at the end; elsewhere what is read stays where it is.
import { useEffect, useLayoutEffect, useRef, useState } from "../../lib/html.js";
import { countAfter } from "../../lib/conversation.js";

/** So near to the end is at the end, in px. */
const NEAR = 32;
/** Messages are asked for before their place comes into view. */
const AHEAD_PX = 600;

const isAtEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight <= NEAR;
const topIn = (box, element) => element.getBoundingClientRect().top - box.getBoundingClientRect().top;

const articleOf = (box, id) => [...box.querySelectorAll("[data-id]")].find((one) => one.dataset.id === id);

/** The first message that is seen, and where. */
function anchorOf(box) {
  for (const element of box?.querySelectorAll("[data-id]") ?? []) {
    const top = topIn(box, element);
    if (top + element.offsetHeight > 0) return { id: element.dataset.id, top };
  }
  return null;
}

/** What comes into view is drawn only now, with other heights than were thought: it is looked after twice more. */
function toMiddle(element, times = 2) {
  element.scrollIntoView({ block: "center" });
  if (times > 0) requestAnimationFrame(() => toMiddle(element, times - 1));
}

/**
 * `box` scrolls, `inner` is what is in it. Read before the document changes (this runs while it is drawn anew) and
 * set right after it has: a message keeps its place to the pixel when older ones come above it.
 */
export function useScroll({ box, inner, items, ahead, target }) {
  const before = useRef({ items: [], ahead: false });
  const isStuck = useRef(true);
  const [fresh, setFresh] = useState(0);
  const stays = !isStuck.current || before.current.ahead;
  const anchor = before.current.items !== items && stays ? anchorOf(box.current) : null;

  const toEnd = () => {
    isStuck.current = true;
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
    setFresh(0);
  };

  const show = (id) => {
    const element = articleOf(box.current, id);
    if (!element) return toEnd();
    isStuck.current = false;
    element.classList.add("is-current");
    toMiddle(element);
    return undefined;
  };

  useLayoutEffect(() => {
    const last = before.current;
    before.current = { items, ahead };
    if (!box.current || items.length === 0 || last.items === items) return;
    if (last.items.length === 0) return void (target ? show(target) : toEnd());
    if (isStuck.current && !last.ahead) return void toEnd();
    const element = anchor && articleOf(box.current, anchor.id);
    if (element) box.current.scrollTop += topIn(box.current, element) - anchor.top;
    const added = last.ahead ? 0 : countAfter(items, last.items.at(-1).id);
    if (added > 0) setFresh((count) => count + added);
  }, [items, ahead]);

  useEffect(() => {
    if (!box.current) return undefined;
    const moved = () => {
      // A last word of scrolling may come when the page is left already.
      if (!box.current) return;
      isStuck.current = isAtEnd(box.current);
      if (isStuck.current) setFresh(0);
    };
    // What is drawn only when it comes into view has another height than was thought.
    const grown = new ResizeObserver(() => {
      if (isStuck.current && !before.current.ahead && box.current) box.current.scrollTop = box.current.scrollHeight;
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

  return { fresh, toEnd, isAtEnd: () => isStuck.current };
}

/** Whether a place is near what is seen, or in it. */
function isNear(box, edge) {
  const [seen, place] = [box.getBoundingClientRect(), edge.getBoundingClientRect()];
  return place.bottom > seen.top - AHEAD_PX && place.top < seen.bottom + AHEAD_PX;
}

/**
 * Calls `more` while the place `edge` is near; again after each page. It is looked at once more when everything is
 * drawn: what was just opened stands at its beginning for a moment, before it is taken to its end.
 */
export function useMore({ box, edge, page, more }) {
  useEffect(() => {
    if (!edge.current) return undefined;
    let isOver = false;
    const ask = () => !isOver && edge.current && isNear(box.current, edge.current) && more();
    const watch = new IntersectionObserver(
      ([seen]) => seen.isIntersecting && requestAnimationFrame(() => requestAnimationFrame(ask)),
      { root: box.current, rootMargin: `${AHEAD_PX}px 0px` },
    );
    watch.observe(edge.current);
    return () => {
      isOver = true;
      watch.disconnect();
    };
  }, [page]);
}
