// The waterfall of one run: names, bars over one axis, durations; read by pointer, by arrow keys, or as a list.
import { html, useLayoutEffect, useRef, useState } from "../../lib/html.js";
import { t } from "../../lib/i18n.js";
import { clock, tokens } from "../../lib/format.js";
import { language } from "../../lib/prefs.js";
import { place } from "../../charts/waterfall.js";
import { tickWord, ticks } from "../../charts/waterfall-axis.js";
import { useTip, useWidth } from "../../charts/turns-box.js";
import { Icon } from "../icon.js";
import { RunTip, StepTip } from "./timeline-tip.js";
import { brief, rowName, stepEnd } from "./timeline-words.js";

const HEIGHT = 24;
/** Height of the bars of the run and of its steps. */
const TALL = 14;
const LOW = 10;
/** Nearer to an edge than this a word of the axis begins or ends there. */
const EDGE = 22;

function Axis({ marks, width, box, xOf }) {
  const word = (time) => {
    const x = xOf(time);
    const anchor = x < EDGE ? "start" : x > width - EDGE ? "end" : "middle";
    return html`<text key=${time} x=${x} y="16" text-anchor=${anchor}>${tickWord(time, marks.step, language.value)}</text>`;
  };
  return html`<div class="fd-fall__r fd-fall__axis" aria-hidden="true">
    <span></span>
    <span ref=${box}><svg>${width > 0 && marks.times.map(word)}</svg></span>
    <span></span>
  </div>`;
}

function Bars({ bars, view, width, marks, xOf, height, shown }) {
  const y = (HEIGHT - height) / 2;
  const line = (time) => html`<line key=${time} x1=${xOf(time)} x2=${xOf(time)} y1="0" y2=${HEIGHT} />`;
  const bar = (one, index) => {
    const { x, width: wide } = place(one, view, width);
    const look = `b-${one.look}${index === shown ? " is-at" : ""}`;
    return html`<rect key=${index} class=${look} data-bar=${index} x=${x} y=${y} width=${wide} height=${height} rx="2" />`;
  };
  return html`<svg aria-hidden="true">${width > 0 && [marks.times.map(line), bars.map(bar)]}</svg>`;
}

/** The name of a row; a subagent that is known is a way to it. */
function Name({ row, family, openChild }) {
  const name = rowName(row, family);
  const text = html`<bdi class="fd-u">${name}</bdi>`;
  const child = row.steps.length === 1 ? row.steps[0].childKey : null;
  const look = row.isStuck ? "fd-cut is-stuck" : "fd-cut";
  if (child) {
    return html`<button type="button" class=${`${look} fd-fall__child`} title=${name} onClick=${() => openChild(child)}>
      ${text}
    </button>`;
  }
  return html`<span class=${look} title=${name}>${text}</span>`;
}

/** What the bars say, for who does not see them. */
function Said({ row }) {
  const start = t("pSaidStart", { time: clock(row.steps[0].startedAt) });
  const used = row.steps.reduce((sum, step) => sum + (step.tokens ?? 0), 0);
  const end = row.steps.length === 1 ? stepEnd(row.steps[0]) : row.failed > 0 && t("pSaidFailed", { n: row.failed });
  const words = [start, row.isStuck && t("stuck"), end, used > 0 && `${tokens(used)} ${t("tokens")}`];
  return html`<span class="fd-sr">, ${words.filter(Boolean).join(", ")}</span>`;
}

function Row({ row, place: number, at, family, openChild, ...drawn }) {
  const look = at?.row === number ? "fd-fall__r fd-fall__r--in is-at" : "fd-fall__r fd-fall__r--in";
  const icon =
    row.failed > 0 ? ["x-octagon-fill", "failed"] : row.isStuck ? ["exclamation-triangle-fill", "stuck"] : null;
  return html`<li class=${look} data-row=${number}>
    <span>
      ${icon && html`<span class=${`fd-tag--${icon[1]}`}><${Icon} name=${icon[0]} /></span>`}
      <${Name} row=${row} family=${family} openChild=${openChild} /><${Said} row=${row} />
    </span>
    <${Bars} ...${drawn} bars=${row.bars} height=${LOW} shown=${at?.row === number ? at.bar : null} />
    <span class=${row.isStuck ? "is-stuck" : ""}>${brief(row.busyMs)}</span>
  </li>`;
}

/** Up and down through the rows, left and right through the bars of one. Row -1 is the run itself. */
function useReading(view) {
  const [at, setAt] = useState(null);
  const { rows } = view;
  const barsOf = (row) => (row < 0 ? view.run : (rows[row]?.bars ?? []));
  const clamp = (value, low, high) => Math.max(low, Math.min(high, value));
  const shown = at && at.row < rows.length ? at : null;
  const point = (event) => {
    const line = event.target.closest("[data-row]");
    if (!line) return setAt((before) => (before?.isKeyed ? before : null));
    const bar = event.target.dataset.bar;
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    return setAt({ row: Number(line.dataset.row), bar: bar === undefined ? null : Number(bar), x, isKeyed: false });
  };
  const move = (event) => {
    const from = shown ?? { row: -2, bar: null };
    const bar = { ArrowLeft: (from.bar ?? 0) - 1, ArrowRight: (from.bar ?? -1) + 1 }[event.key];
    const row = { ArrowUp: from.row - 1, ArrowDown: from.row + 1, Home: -1, End: rows.length - 1 }[event.key];
    if (event.key === "Escape" && shown) {
      event.stopPropagation();
      setAt(null);
    }
    if (row === undefined && (bar === undefined || !shown)) return;
    event.preventDefault();
    if (row !== undefined) setAt({ row: clamp(row, -1, rows.length - 1), bar: null, isKeyed: true });
    else setAt({ ...from, bar: clamp(bar, 0, barsOf(from.row).length - 1), isKeyed: true });
  };
  const leave = () => setAt((before) => (before?.isKeyed ? before : null));
  return { at: shown, on: { onPointerMove: point, onPointerLeave: leave, onKeyDown: move, onBlur: () => setAt(null) } };
}

/** A row that the keys have chosen is scrolled to, below the axis. */
function useSeen(box, at) {
  useLayoutEffect(() => {
    if (at?.isKeyed) box.current.querySelector(`[data-row="${at.row}"]`)?.scrollIntoView({ block: "nearest" });
  }, [at?.row]);
}

export function Fall({ run, view, name, family, openChild }) {
  const [axis, box, tip] = [useRef(null), useRef(null), useRef(null)];
  const width = useWidth(axis);
  const { at, on } = useReading(view);
  const marks = ticks(view, width || 1);
  const xOf = (time) => ((time - view.from) / (view.to - view.from)) * width;
  const bar = at && at.bar !== null ? (at.row < 0 ? view.run : view.rows[at.row].bars)[at.bar] : null;
  const start = axis.current?.offsetLeft ?? 0;
  const x = at && (at.isKeyed ? start + (bar ? place(bar, view, width).x : 0) : at.x);
  useSeen(box, at);
  useTip(tip, at ? x : null, () => (at.row + 3) * HEIGHT - box.current.scrollTop + 4);
  const drawn = { view, width, marks, xOf };
  const content = () =>
    at.row < 0
      ? html`<${RunTip} run=${run} view=${view} />`
      : html`<${StepTip} row=${view.rows[at.row]} bar=${bar} view=${view} family=${family} />`;
  return html`<div class="fd-fall" tabindex="0" role="group" aria-label=${t("pFallLabel", { name })} ...${on}>
    <div class="fd-fall__box" ref=${box}>
      <${Axis} marks=${marks} width=${width} box=${axis} xOf=${xOf} />
      <div class=${at?.row === -1 ? "fd-fall__r fd-fall__r--run is-at" : "fd-fall__r fd-fall__r--run"} data-row="-1">
        <span><span class="fd-cut">${name}</span></span>
        <${Bars} ...${drawn} bars=${view.run} height=${TALL} shown=${at?.row === -1 ? at.bar : null} />
        <span class=${view.stuckSince === null ? "" : "is-stuck"}>${brief(view.edge - view.from)}</span>
      </div>
      <ol>
        ${view.rows.map((row, number) => html`<${Row} key=${row.id} row=${row} place=${number} at=${at} family=${family} openChild=${openChild} ...${drawn} />`)}
      </ol>
    </div>
    <div class="fd-tip" ref=${tip} hidden=${!at} aria-live=${at?.isKeyed ? "polite" : "off"}>${at && content()}</div>
  </div>`;
}
