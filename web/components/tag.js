// Colour, icon and word for type, status, cost level; flags for trouble; bars of shares.
import { html } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { exact, percent, span } from "../lib/format.js";
import { language } from "../lib/prefs.js";
import { Icon } from "./icon.js";

const ICONS = {
  main: "robot",
  subagent: "diagram-2-fill",
  cron: "clock-history",
  active: "record-circle-fill",
  idle: "circle-half",
  stale: "circle",
  high: "level-3",
  medium: "level-2",
  low: "level-1",
  unpriced: "slash-circle",
};
/** Of a long error only this much stands in the row. */
const LONGEST_ERROR = 24;

/** A word with its icon; `count` follows it where the word names a group. */
export function Tag({ name, count, breathes }) {
  return html`<span class=${`fd-tag fd-tag--${name}`}>
    <${Icon} name=${ICONS[name]} extra=${breathes ? "fd-breathe" : ""} />${t(name)}
    ${count !== undefined && html` <b>${exact(count)}</b>`}
  </span>`;
}

function shortError(text) {
  if (!text) return "";
  return text.length > LONGEST_ERROR ? `: ${text.slice(0, LONGEST_ERROR - 2)}…` : `: ${text}`;
}

export function Flag({ row, now }) {
  if (row.isStuck) {
    const age = span(now - row.stuckSince, language.value);
    return html`<span class="fd-flag fd-flag--stuck">
      <${Icon} name="exclamation-triangle-fill" />${t("stuckFor", { age })}
    </span>`;
  }
  if (row.isFailed) {
    return html`<span class="fd-flag fd-flag--failed" title=${row.lastError ?? ""}>
      <${Icon} name="x-octagon-fill" /><span class="fd-cut">${t("failedFlag")}${shortError(row.lastError)}</span>
    </span>`;
  }
  if (row.runState === "aborted") {
    return html`<span class="fd-flag"><${Icon} name="slash-circle" />${t("abortedFlag")}</span>`;
  }
  return null;
}

/** Space between two shares, and the least width of one, in per cents of the bar. */
const GAP = 0.4;
const LEAST = 0.3;

/** A bar of shares; widths are attributes, so no style is needed. */
export function SplitBar({ parts, thin = false }) {
  const shown = parts.filter(([, value]) => value > 0);
  const total = shown.reduce((sum, [, value]) => sum + value, 0);
  let x = 0;
  const shares = shown.map(([kind, value], place) => {
    const width = (value / total) * 100;
    const drawn = Math.max(LEAST, place < shown.length - 1 ? width - GAP : width);
    const from = x;
    x += width;
    return html`<rect
      key=${place}
      class=${`f-${kind}`}
      x=${`${from.toFixed(2)}%`}
      width=${`${drawn.toFixed(2)}%`}
      height="100%"
    />`;
  });
  return html`<svg class=${thin ? "fd-bar fd-bar--thin" : "fd-bar"} aria-hidden="true">${shares}</svg>`;
}

/** How full a context window is. */
export function ContextBar({ value }) {
  if (value === null || value === undefined) return html`<span class="fd-ctx"><span></span><span>—</span></span>`;
  const [kind, look] = value >= 90 ? ["crit", "is-hot"] : value >= 75 ? ["warn", "is-warm"] : ["ctx", ""];
  const parts = [
    [kind, Math.min(100, value)],
    ["none", Math.max(0, 100 - value)],
  ];
  return html`<span class="fd-ctx"><${SplitBar} parts=${parts} /><span class=${look}>${percent(value)}</span></span>`;
}
