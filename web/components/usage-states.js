// The Usage page without its figures, or with old ones: reading, nothing there, no answer, a ledger in trouble.
import { html, useSignal } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { fromServer } from "../lib/server-words.js";
import { clock, span } from "../lib/format.js";
import { language } from "../lib/prefs.js";
import { href } from "../lib/router.js";
import { refresh, serverNow } from "../lib/store.js";
import { pickRange } from "../lib/usage-view.js";
import { usage, usageError } from "../lib/usage-store.js";
import { Banner } from "./banner.js";
import { Command } from "./command.js";
import { Icon } from "./icon.js";
import { LedgerBanner } from "./ledger-banner.js";

function Failed({ data, problem }) {
  const time = useSignal(serverNow);
  const why = fromServer(problem.message);
  const age = data && span(Math.max(0, time - data.at), language.value);
  const text = data ? t("uOld", { age, time: clock(data.at), why }) : why;
  return html`<div class="fd-banner fd-banner--error" role="alert">
    <${Icon} name="x-octagon-fill" />
    <span><b>${t("uFailed")}</b> <bdi>${text}</bdi></span>
    <button type="button" class="fd-btn fd-btn--sm fd-push" onClick=${refresh}>${t("tryNow")}</button>
  </div>`;
}

/** One trouble at a time about the server; what the ledger says stands beside it. */
export function UsageBanner() {
  const data = useSignal(usage);
  const problem = useSignal(usageError);
  const ledger = data?.chart.ledger;
  return html`${problem ? html`<${Failed} data=${data} problem=${problem} />` : html`<${Banner} />`}
  <${LedgerBanner} ledger=${ledger} />`;
}

export function NoCalls() {
  return html`<section class="fd-panel" aria-label=${t("usage")}>
    <div class="fd-state">
      <${Icon} name="inbox" />
      <h2>${t("uNoCalls")}</h2>
      <p>${t("uNoCallsText")}</p>
      <div class="fd-state__row">
        <a class="fd-btn" href=${href("sources")}>${t("sourcesTitle")}</a><${Command} text="factory-dashboard demo" />
      </div>
    </div>
  </section>`;
}

/** A range without calls, and the ways out of it. */
export function NoneInRange({ days, since }) {
  const way = (range) => html`<button type="button" class="fd-btn" onClick=${() => pickRange(range)}>
    ${t(`uRangeLong_${range}`)}
  </button>`;
  return html`<div class="fd-state">
    <${Icon} name="inbox" />
    <h3>${t("uNoneInRange")}</h3>
    <p>${t("uNoneInRangeText", { days, since })}</p>
    <div class="fd-state__row">${way("30d")}${way("all")}</div>
  </div>`;
}

export function UsageSkeleton() {
  const tile = (place) => html`<div key=${place} class=${place < 2 ? "fd-kpi fd-kpi--big" : "fd-kpi"}>
    <span class="fd-skel fd-skel--txt"></span><span class="fd-skel fd-skel--num"></span>
  </div>`;
  const bar = (_, place) => html`<span key=${place} class=${`fd-skel fd-ghost--${(place * 5) % 7}`}></span>`;
  return html`<div class="fd-kpis" aria-hidden="true">${[0, 1, 2, 3, 4, 5].map(tile)}</div>
    <section class="fd-panel" aria-busy="true" aria-label=${t("uReading")}>
      <div class="fd-panel__head"><h2>${t("uReading")}</h2></div>
      <div class="fd-ghost">${Array.from({ length: 24 }, bar)}</div>
    </section>`;
}
