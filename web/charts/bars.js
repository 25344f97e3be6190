// Stacked bars over time with a running total: pointer and arrow keys tell a bar's figures, a drag zooms.
import { html, useEffect, useLayoutEffect, useRef, useState } from "../lib/html.js";
import { paint } from "./bars-draw.js";
import { color, mount } from "./chart.js";
import { lines, ticks } from "./scale.js";

/** Below this width the axes leave each other more room. */
const NARROW = 560;
/** The room that a word on the axis of time wants. */
const WORD = 76;

const family = () => getComputedStyle(document.body).fontFamily;
const high = (values) => values.reduce((most, value) => Math.max(most, value ?? 0), 0);

/** Both axes have the same lines: the left one's steps and the right one's stand on one grid. */
function scales(given) {
  const left = lines(Math.max(high(given.totals), given.rest ?? 0), 4, given.isWhole);
  return { left, right: lines(high(given.sums), 4, given.isWhole) };
}

function options(width, height, now, tell) {
  const axis = (more) => ({
    stroke: () => color("--chart-axis"),
    font: `12px ${family()}`,
    grid: { show: false },
    ticks: { show: false },
    gap: 8,
    ...more,
  });
  const room = (chart) => (chart.width < NARROW ? 48 : 56);
  const figure = (_, values) => values.map((value) => now.current.onAxis(value));
  const words = (chart, places) => places.map((place) => now.current.words[place]);
  const some = (chart) =>
    ticks(now.current.buckets, now.current.bucket, Math.floor((chart.width - 2 * room(chart)) / WORD));
  return {
    width,
    height,
    padding: [8, 0, 0, 0],
    legend: { show: false },
    cursor: { y: false, x: false, points: { show: false }, drag: { x: true, y: false, setScale: false, dist: 6 } },
    scales: {
      x: { time: false, range: () => [-0.5, now.current.buckets.length - 0.5] },
      y: { range: () => [0, scales(now.current).left.at(-1)] },
      sum: { range: () => [0, scales(now.current).right.at(-1)] },
    },
    axes: [
      axis({ splits: some, values: words, size: 28 }),
      axis({
        splits: () => scales(now.current).left,
        values: figure,
        size: room,
        grid: { stroke: () => color("--chart-grid"), width: 1 },
      }),
      axis({ scale: "sum", side: 1, splits: () => scales(now.current).right, values: figure, size: room }),
    ],
    series: [
      {},
      { scale: "y", paths: () => null, points: { show: false } },
      { scale: "sum", paths: () => null, points: { show: false } },
    ],
    hooks: {
      draw: [
        (chart) =>
          paint(chart, { ...now.current, canvasFont: (weight) => `${weight} ${12 * devicePixelRatio}px ${family()}` }),
      ],
      setCursor: [(chart) => tell.point(chart)],
      setSelect: [(chart) => tell.select(chart)],
    },
  };
}

const dataOf = ({ totals, sums }) => [totals.map((_, place) => place), totals, sums];

/** What pointer and drag mean. A drag is over when the selection is told; then it is taken away. */
function listener(now, setAt) {
  const placeOf = (chart, left) =>
    Math.max(0, Math.min(now.current.totals.length - 1, Math.round(chart.posToVal(left, "x"))));
  return {
    point: (chart) => {
      const { left } = chart.cursor;
      if (left >= 0 && now.current.totals.length > 0) setAt({ place: placeOf(chart, left), isKeyed: false });
      // New figures move no pointer: who reads with the keys goes on reading.
      else setAt((at) => (at?.isKeyed ? at : null));
    },
    select: (chart) => {
      const { left, width } = chart.select;
      if (width <= 0) return;
      const [low, top] = [placeOf(chart, left), placeOf(chart, left + width)];
      chart.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
      now.current.onZoom(low, top);
    },
  };
}

function useMoves(count, at, setAt) {
  return (event) => {
    const from = at?.place ?? (event.key === "ArrowLeft" ? count : -1);
    const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: count - 1 }[event.key];
    if (event.key === "Escape") setAt(null);
    if (to === undefined) return;
    event.preventDefault();
    setAt({ place: Math.max(0, Math.min(count - 1, to)), isKeyed: true });
  };
}

/** Puts the shade on the bar and the tip beside it, inside the chart. */
function usePlaces(chart, at, shade, tip) {
  useLayoutEffect(() => {
    if (!at || !chart.current || !shade.current) return;
    const { over, root } = chart.current;
    const [from, to] = [at.place - 0.5, at.place + 0.5].map((value) => chart.current.valToPos(value, "x"));
    const frame = over.getBoundingClientRect();
    const [x, y] = [frame.left - root.getBoundingClientRect().left, frame.top - root.getBoundingClientRect().top];
    Object.assign(shade.current.style, {
      left: `${x + from}px`,
      width: `${to - from}px`,
      top: `${y}px`,
      height: `${frame.height}px`,
    });
    const wide = tip.current.offsetWidth;
    const right = x + to + 8;
    const left = right + wide > root.clientWidth ? Math.max(0, x + from - wide - 8) : right;
    Object.assign(tip.current.style, { left: `${left}px`, top: `${y}px` });
  });
}

/**
 * `given`: buckets, bucket, words, series (id, values, color), totals, sums, only, open, rest, isWhole, onAxis,
 * onZoom. `tipOf(place)` draws the figures of a bar.
 */
export function BarChart({ given, label, look, tipOf }) {
  const [box, chart, now, shade, tip] = [useRef(null), useRef(null), useRef(given), useRef(null), useRef(null)];
  const [at, setAt] = useState(null);
  now.current = given;
  useEffect(() => {
    const make = (width, height) => options(width, height, now, listener(now, setAt));
    return mount(box.current, chart, make, dataOf(given));
  }, []);
  useEffect(() => chart.current?.setData(dataOf(given)), [given]);
  useEffect(() => chart.current?.redraw(false, true), [look]);
  usePlaces(chart, at, shade, tip);
  const isShown = at && at.place < given.totals.length;
  return html`<div class="fd-plot" role="group" aria-label=${label} tabindex="0" onKeyDown=${useMoves(given.totals.length, at, setAt)} onBlur=${() => setAt(null)}>
    <div class="fd-plot__shade" ref=${shade} hidden=${!isShown}></div>
    <div class="fd-plot__box" ref=${box}></div>
    <div class="fd-tip" ref=${tip} hidden=${!isShown} aria-live=${at?.isKeyed ? "polite" : "off"}>${isShown && tipOf(at.place)}</div>
  </div>`;
}
