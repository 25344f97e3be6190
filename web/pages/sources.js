// Where the numbers come from: each source, what was read of each agent, what was not understood.
import { html, useSignal } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { fromServer } from "../lib/server-words.js";
import { ago, exact } from "../lib/format.js";
import { language } from "../lib/prefs.js";
import { serverNow, sources } from "../lib/store.js";
import { Banner } from "../components/banner.js";
import { TableSkeleton } from "../components/empty-state.js";
import { Icon } from "../components/icon.js";
import { LedgerBanner } from "../components/ledger-banner.js";
import { Reconciliation } from "../components/reconciliation.js";
import { TablePanel } from "../components/table-panel.js";

const LOOKS = {
  ok: ["check-circle-fill", "ok"],
  degraded: ["exclamation-triangle-fill", "warn"],
  down: ["x-octagon-fill", "failed"],
  scanning: ["hourglass-split", "idle"],
};
function Source({ source, now }) {
  const [icon, look] = LOOKS[source.status];
  const age = source.lastReadAt && ago(now - Date.parse(source.lastReadAt), language.value);
  return html`<li class="fd-source">
    <span class=${`fd-tag fd-tag--${look}`}><${Icon} name=${icon} />${t(source.status)}</span>
    <b><bdi>${source.installation}</bdi> · ${source.kind}</b>
    <span class="fd-mute">${age && t("lastRead", { age })}</span>
    ${source.detail && html`<p>${fromServer(source.detail)}</p>`}
    ${source.openclawNote && html`<p>${t("ocNote")} <bdi>${fromServer(source.openclawNote)}</bdi></p>`}
  </li>`;
}

function Skipped({ about }) {
  const list = about.sources.flatMap((source) => source.skipped);
  const name = t("skippedTitle");
  if (list.length === 0) {
    return html`<section class="fd-panel" aria-label=${name}>
      <div class="fd-panel__head"><h2>${name}</h2></div>
      <p class="fd-queue__none">${t("skippedNone")}</p>
    </section>`;
  }
  const line = ({ file, reason, line: number, count }, place) => html`<tr key=${place}>
    <td class="fd-mono"><bdi>${file}</bdi></td>
    <td>${fromServer(reason)}${number > 0 && html` <span class="fd-mute">${t("line", { n: number })}</span>`}</td>
    <td class="num">${exact(count)}</td>
  </tr>`;
  return html`<${TablePanel} name=${name}>
    <thead>
      <tr>
        <th scope="col">${t("file")}</th>
        <th scope="col">${t("why")}</th>
        <th scope="col" class="num">${t("count")}</th>
      </tr>
    </thead>
    <tbody>
      ${list.map(line)}
    </tbody>
  <//>`;
}

/** State folders, prices, log and version. */
function About({ about }) {
  const folder = ({ name, stateDir, found }) => html`<span key=${name} class="fd-mono fd-block">
    ${found ? stateDir : `${stateDir} (${t("notFound")})`}
  </span>`;
  const folders = about.installations.map(folder);
  const list = html`<a class="fd-link" href="api/prices">${t("priceList")}</a>`;
  return html`<section class="fd-panel" aria-label="Factory Dashboard">
    <dl class="fd-side__facts fd-pad">
      <div><dt>${t("where")}</dt><dd>${folders.length > 0 ? folders : "—"}</dd></div>
      <div><dt>${t("prices")}</dt><dd>${t(`basis_${about.priceBasis}`)} · ${list}</dd></div>
      <div><dt>${t("log")}</dt><dd class="fd-mono">${about.logFile ?? "—"}</dd></div>
      <div><dt>Factory Dashboard</dt><dd>${t("version", { v: about.version })}</dd></div>
    </dl>
  </section>`;
}

function Content({ about }) {
  const now = useSignal(serverNow);
  return html`<${LedgerBanner} ledger=${about.ledger} />
    <section class="fd-panel" aria-label=${t("sourcesTitle")}>
      <ul class="fd-sources">
        ${about.sources.map((source) => html`<${Source} key=${source.name} source=${source} now=${now} />`)}
      </ul>
    </section>
    <${Reconciliation} about=${about} />
    <${Skipped} about=${about} />
    <${About} about=${about} />`;
}

export function Sources() {
  const about = useSignal(sources);
  return html`<h1 class="fd-title">${t("sourcesTitle")} <span class="fd-mute">${t("sourcesText")}</span></h1>
    <${Banner} />
    ${about ? html`<${Content} about=${about} />` : html`<${TableSkeleton} about=${about} />`}`;
}
