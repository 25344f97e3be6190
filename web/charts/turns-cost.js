// What each turn cost as bars, and the sum until then as a line of ink on the axis at the right.
import { html, useRef } from "../lib/html.js";
import { bars, linePath, perBar, totals } from "./turns.js";
import { usePlaces, useTip, useWidth } from "./turns-box.js";
import { lines } from "./scale.js";

const HEIGHT = 136;
const TOP = 12;
const FLOOR = 112;
const SIDE = 48;
/** The least width of a bar with the space beside it. */
const NARROW = 3;
const WIDEST = 28;

const high = (values) => values.reduce((most, value) => Math.max(most, value), 0);

/** `onAxis(value)` is money in few characters; `tipOf(bar, sum)` draws the figures of a bar. */
export function CostChart({ turns, whole, first, words, label, onAxis, tipOf }) {
  const [box, tip] = [useRef(null), useRef(null)];
  const width = useWidth(box);
  const [left, right] = [SIDE, Math.max(SIDE + 1, width - SIDE)];
  const size = perBar(turns.length, Math.floor((right - left) / NARROW));
  const list = bars(turns, size);
  const { sums, earlier } = totals(list, whole);
  const step = list.length > 0 ? (right - left) / list.length : 1;
  const { at, on } = usePlaces(list.length, (x) => Math.floor((x - left) / step));
  const [each, all] = [lines(high(list.map(({ cost }) => cost)), 2), lines(high(sums), 2)];
  const scale = (axis) => (value) => FLOOR - (value / axis.at(-1)) * (FLOOR - TOP);
  const [yOf, sumY] = [scale(each), scale(all)];
  const wide = Math.max(1, Math.min(WIDEST, step - (step > NARROW + 1 ? Math.max(1, step * 0.28) : 0.5)));
  const middle = (place) => left + (place + 0.5) * step;
  const points = sums.map((sum, place) => [middle(place), sumY(sum)]);
  // The line comes from what was spent before the first bar.
  const path = linePath([[Math.max(left, middle(0) - WIDEST), sumY(earlier)], ...points]);
  useTip(tip, at ? middle(at.place) : null, TOP);
  const line = (
    value,
    place,
  ) => html`<line key=${place} class="ln-grid" x1=${left} x2=${right} y1=${yOf(value)} y2=${yOf(value)} />
    <text x=${left - 6} y=${yOf(value) + 4} text-anchor="end">${onAxis(value)}</text>
    <text x=${right + 6} y=${yOf(value) + 4}>${onAxis(all[place])}</text>`;
  const rect = (look, place, bottom, top) => {
    const height = Math.max(1, bottom - top);
    return html`<rect class=${look} x=${middle(place) - wide / 2} y=${bottom - height} width=${wide} height=${height} />`;
  };
  const bar = (one, place) => {
    const rest = one.cost - one.failedCost;
    return html`<g key=${place} class=${at?.place === place ? "is-at" : ""}>
      ${rest > 0 && rect("b-cost", place, FLOOR, yOf(rest))}
      ${one.failedCost > 0 && rect("b-err", place, yOf(rest), yOf(one.cost))}
      ${one.unpriced > 0 && one.cost === 0 && rect("b-none", place, FLOOR, FLOOR - 4)}
    </g>`;
  };
  const drawn = () => html`<svg class="fd-turns" aria-hidden="true" width=${width} height=${HEIGHT}>
    ${each.map(line)}
    ${at && html`<rect class="b-at" x=${left + at.place * step} y=${TOP} width=${step} height=${FLOOR - TOP} />`}
    ${list.map(bar)}
    <path class="ln-halo" d=${path} /><path class="ln-sum" d=${path} />
    ${points.length > 0 && html`<circle class="dot-sum" cx=${points.at(-1)[0]} cy=${points.at(-1)[1]} r="2.5" />`}
    <text x=${turns.length > 1 ? left : middle(0)} y=${HEIGHT - 6} text-anchor=${turns.length > 1 ? "start" : "middle"}>${words.turn(first)}</text>
    ${size > 1 && html`<text x=${(left + right) / 2} y=${HEIGHT - 6} text-anchor="middle">${words.perBar(size)}</text>`}
    ${turns.length > 1 && html`<text x=${right} y=${HEIGHT - 6} text-anchor="end">${words.turn(first + turns.length - 1)}</text>`}
  </svg>`;
  return html`<div class="fd-turnbox" ref=${box} tabindex="0" role="group" aria-label=${label} ...${on}>
    ${width > 0 && drawn()}
    <div class="fd-tip" ref=${tip} hidden=${!at} aria-live=${at?.isKeyed ? "polite" : "off"}>
      ${at && tipOf(list[at.place], sums[at.place])}
    </div>
  </div>`;
}
