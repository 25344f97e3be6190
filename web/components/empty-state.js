// Nothing to show, and why: still reading, nothing there, or nothing that matches.
import { html } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { fromServer } from "../lib/server-words.js";
import { exact } from "../lib/format.js";
import { setParams } from "../lib/router.js";
import { Command } from "./command.js";
import { Icon } from "./icon.js";
import { SplitBar } from "./tag.js";

/** Of a long filter only this much is repeated. */
const LONGEST_FILTER = 200;

export function EmptyState({ about }) {
  const where = about?.installations.map((one) => one.stateDir).join(", ") || "~/.openclaw";
  const problems = about?.sources.filter((source) => source.detail && source.status !== "ok") ?? [];
  return html`<section class="fd-panel" aria-label=${t("sessions")}>
    <div class="fd-state">
      <${Icon} name="inbox" />
      <h3>${t("empty")}</h3>
      <p>${t("emptyText", { where })}</p>
      ${problems.map((source) => html`<p key=${source.name} class="fd-mute">${source.name}: ${fromServer(source.detail)}</p>`)}
      <div class="fd-state__row">
        <${Command} text="factory-dashboard demo" /><${Command} text="factory-dashboard doctor" />
      </div>
    </div>
  </section>`;
}

export function NoMatch({ count, wanted }) {
  const words = [...wanted.statuses, ...wanted.types].map((word) => t(word));
  const what = [...words, wanted.text].filter(Boolean).join(", ").slice(0, LONGEST_FILTER);
  const clear = () => setParams({ q: null, status: null, type: null });
  return html`<div class="fd-state">
    <${Icon} name="search" />
    <h3>${t("noMatch")}</h3>
    <p><bdi>${t("noMatchText", { n: exact(count), what })}</bdi></p>
    <div class="fd-state__row">
      <button type="button" class="fd-btn" onClick=${clear}>${t("clear")}</button>
    </div>
  </div>`;
}

/** Widths of the grey bars in a row that is still read, in classes of the style sheet. */
const BARS = [4, 2, 3, 3, 4, 3, 3];

export function TableSkeleton({ about }) {
  const { done, total } = about?.progress ?? { done: 0, total: 0 };
  const parts = [
    ["ink", done],
    ["none", Math.max(0, total - done)],
  ];
  const words = total > 0 ? t("loadingOf", { done: exact(done), total: exact(total) }) : t("loading");
  const bars = BARS.map((width, place) => html`<span key=${place} class=${`fd-skel fd-skel--w${width}`}></span>`);
  return html`<section class="fd-panel" aria-busy="true" aria-label=${t("sessions")}>
    <div class="fd-panel__head">
      <h2>${t("sessions")}</h2>
      <p>${words}</p>
    </div>
    <${SplitBar} thin=${true} parts=${parts} />
    ${[1, 2, 3, 4].map((row) => html`<div key=${row} class="fd-skelrow">${bars}</div>`)}
  </section>`;
}
