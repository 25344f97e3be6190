// How much of the context window each turn used: a line over its area, compactions as dashed uprights.
import { html, useRef } from "../lib/html.js";
import { tokens } from "../lib/format.js";
import { across, areaPath, between, known, linePath, nearest } from "./turns.js";
import { usePlaces, useTip, useWidth } from "./turns-box.js";
import { lines } from "./scale.js";

const HEIGHT = 144;
const TOP = 20;
const FLOOR = 120;
const LEFT = 40;
const EDGE = 6;
/** From here on the window is nearly full. */
const FULL = 0.9;
/** A word beside a compaction wants this much room. */
const WORD = 112;

/** The lines across: per cents of the window, or tokens where no window is known. */
function gridOf(values, contextWindow) {
  if (contextWindow) {
    const most = Math.max(contextWindow, ...values);
    return { top: most, marks: [0, 0.5, 1].map((part) => ({ value: part * contextWindow, word: `${part * 100}%` })) };
  }
  const marks = lines(Math.max(1, ...values), 2, true).map((value) => ({ value, word: tokens(value) }));
  return { top: marks.at(-1).value, marks };
}

/** Words beside compactions, from the last one back, where they do not meet. */
function worded(marks, xOf, right) {
  let free = Infinity;
  return [...marks].reverse().map((mark) => {
    const x = xOf(mark.place);
    const isLeft = x + WORD > right;
    const [from, to] = isLeft ? [x - WORD, x] : [x, x + WORD];
    const fits = to <= free && from >= LEFT;
    free = fits ? from : Math.min(free, x);
    return { ...mark, x, isLeft, fits };
  });
}

/**
 * `turns` and `compactions` as the server gives them; `first` is the number of the first turn; `words` has
 * `turn(number)` and `compacted(one)`; `tipOf(place)` draws the figures of a turn.
 */
export function ContextChart({ turns, compactions, contextWindow, first, words, label, tipOf }) {
  const [box, tip] = [useRef(null), useRef(null)];
  const width = useWidth(box);
  const right = Math.max(LEFT + 1, width - EDGE);
  const { at, on } = usePlaces(turns.length, (x) => nearest(x, turns.length, LEFT, right));
  const points = known(turns);
  const { top, marks } = gridOf(
    points.map(({ value }) => value),
    contextWindow,
  );
  const xOf = across(turns.length, LEFT, right);
  const yOf = (value) => FLOOR - (value / top) * (FLOOR - TOP);
  const path = points.map(({ place, value }) => [xOf(place), yOf(value)]);
  const last = points.at(-1);
  const isFull = contextWindow && last && last.value >= FULL * contextWindow;
  const lastY = last ? yOf(last.value) : 0;
  const lastWord = last && (contextWindow ? `${Math.round((last.value / contextWindow) * 100)}%` : tokens(last.value));
  useTip(tip, at ? xOf(at.place) : null, TOP);
  const line = ({
    value,
    word,
  }) => html`<line key=${word} class="ln-grid" x1=${LEFT} x2=${right} y1=${yOf(value)} y2=${yOf(value)} />
    <text x=${LEFT - 6} y=${yOf(value) + 4} text-anchor="end">${word}</text>`;
  const mark = (one, index) => html`<line key=${index} class="ln-mark" x1=${one.x} x2=${one.x} y1=${TOP} y2=${FLOOR} />
    ${one.fits && html`<text class="t-halo" x=${one.x + (one.isLeft ? -6 : 6)} y=${FLOOR - 7} text-anchor=${one.isLeft ? "end" : "start"}>${words.compacted(one)}</text>`}`;
  const shown = at && points.find(({ place }) => place === at.place);
  const drawn = () => html`<svg class="fd-turns" aria-hidden="true" width=${width} height=${HEIGHT}>
    ${marks.map(line)}
    ${contextWindow && html`<line class="ln-full" x1=${LEFT} x2=${right} y1=${yOf(FULL * contextWindow)} y2=${yOf(FULL * contextWindow)} />`}
    <path class="area" d=${areaPath(path, FLOOR)} /><path class="ln-ctx" d=${linePath(path)} />
    ${worded(between(turns, compactions), xOf, right).map(mark)}
    ${at && html`<line class="ln-at" x1=${xOf(at.place)} x2=${xOf(at.place)} y1=${TOP} y2=${FLOOR} />`}
    ${shown && html`<circle class="dot" cx=${xOf(shown.place)} cy=${yOf(shown.value)} r="3.5" />`}
    ${
      last &&
      html`<circle class=${isFull ? "dot is-full" : "dot"} cx=${xOf(last.place)} cy=${lastY} r="3" />
      <text class=${isFull ? "t-strong is-full t-halo" : "t-strong t-halo"} x=${Math.min(right, xOf(last.place) + 2)} y=${lastY - 8} text-anchor=${turns.length > 1 ? "end" : "middle"}>${lastWord}</text>`
    }
    <text x=${turns.length > 1 ? LEFT : xOf(0)} y=${HEIGHT - 6} text-anchor=${turns.length > 1 ? "start" : "middle"}>${words.turn(first)}</text>
    ${turns.length > 1 && html`<text x=${right} y=${HEIGHT - 6} text-anchor="end">${words.turn(first + turns.length - 1)}</text>`}
  </svg>`;
  return html`<div class="fd-turnbox" ref=${box} tabindex="0" role="group" aria-label=${label} ...${on}>
    ${width > 0 && drawn()}
    <div class="fd-tip" ref=${tip} hidden=${!at} aria-live=${at?.isKeyed ? "polite" : "off"}>${at && tipOf(at.place)}</div>
  </div>`;
}
