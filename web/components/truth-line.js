// Three answers first: how many work, is anything stuck, what does today cost. Then how far to trust it.
import { html, useMemo, useSignal } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { clock, exact, exactMoney, money, span } from "../lib/format.js";
import { language, theme } from "../lib/prefs.js";
import { href } from "../lib/router.js";
import { ageMs, connection, limits, rows, snapshot, sources, trends } from "../lib/store.js";
import { countBy, nameOf, TYPES } from "../lib/status.js";
import { change, points } from "../charts/series.js";
import { targetOf } from "../lib/actions.js";
import { troubleOf } from "../lib/trouble.js";
import { ActButton } from "./act-button.js";
import { AreaChart } from "../charts/chart.js";
import { Icon } from "./icon.js";

const LONGEST_NAME = 300;
const Cell = ({ look, children }) => html`<div class=${`fd-truth__c fd-truth__c--${look}`}>${children}</div>`;
const Small = ({ children }) => html`<p class="fd-truth__s"><span class="fd-cut">${children}</span></p>`;

/** A figure and its word; `to` is what the figure is made of. */
function Figure({ icon, breathes, value, word, to, title }) {
  const words = html`<b>${value}</b><span>${word}</span>`;
  return html`<p class="fd-truth__n">
    ${icon && html`<${Icon} name=${icon} extra=${breathes ? "fd-breathe" : ""} />`}
    ${to ? html`<a class="fd-truth__a" href=${to} title=${title}>${words}</a>` : words}
  </p>`;
}

function Live({ all }) {
  const live = all.filter((row) => row.isRunning);
  const counts = countBy(live, "sessionType", TYPES);
  const words = TYPES.filter((type) => counts[type] > 0).map((type) => `${exact(counts[type])} ${t(type)}`);
  return html`<${Cell} look="live">
    <${Figure}
      icon=${live.length > 0 && "record-circle-fill"}
      breathes
      value=${exact(live.length)}
      word=${t("liveNow")}
      to=${href("overview", { q: "has:running" })}
    />
    <${Small}>${words.join(" · ") || t("nothingRuns")}<//>
  <//>`;
}

function Calm({ all }) {
  const minutes = useSignal(limits).stuckMs / 60_000;
  const words = all.some((row) => row.isRunning) ? t("calm", { n: minutes }) : t("nothingToWatch");
  return html`<${Cell} look="calm">
    <${Figure} icon="check-circle-fill" value="0" word=${t("stuck")} />
    <${Small}>${words}<//>
  <//>`;
}

function Stuck({ all, onOpen }) {
  const stuck = all.filter((row) => row.isStuck).sort((a, b) => a.stuckSince - b.stuckSince);
  if (stuck.length === 0) return html`<${Calm} all=${all} />`;
  const [worst] = stuck;
  return html`<${Cell} look="stuck">
    <${Figure}
      icon="exclamation-triangle-fill"
      value=${exact(stuck.length)}
      word=${t("stuck")}
      to=${href("overview", { q: "has:stuck" })}
    />
    <div class="fd-truth__s">
      <button type="button" class="fd-cut fd-truth__b" onClick=${() => onOpen(worst)}>
        <span class="fd-u"><bdi>${worst.agentId} › ${nameOf(worst)}</bdi></span>
      </button>
      <${ActButton} action="stop" targets=${[targetOf(worst)]} name=${nameOf(worst).slice(0, LONGEST_NAME)} isSmall />
    </div>
  <//>`;
}

/** Today against yesterday until the same time. */
function comparison(data, curves) {
  const { spentToday } = data.tokenStats;
  const moved = change(spentToday, curves?.spentYesterdayByNow ?? 0);
  if (moved === null) return spentToday > 0 ? "" : t("noCallToday");
  const time = clock(Date.parse(data.fetchedAt)).slice(0, 5);
  return t("onYesterday", { sign: moved < 0 ? "−" : "+", p: Math.abs(moved), time });
}

function Spent({ data, curves }) {
  const look = useSignal(theme);
  const { spentToday, spentLastHour, unpricedModels } = data.tokenStats;
  const shape = useMemo(() => curves && points(curves.startMs, curves.stepMs, curves.spent), [curves]);
  const unpriced = unpricedModels.length > 0 && t("unpricedShort", { n: unpricedModels.length });
  return html`<${Cell} look="cost">
    <${Figure}
      value=${money(spentToday)}
      word=${t("spentToday")}
      to=${href("overview", { sort: "cost", order: "desc" })}
      title=${exactMoney(spentToday)}
    />
    <${Small}>${[comparison(data, curves), unpriced].filter(Boolean).join(" · ")}<//>
    <div class="fd-truth__live">
      ${shape && html`<${AreaChart} data=${shape} label=${t("spendTrend")} theme=${look} />`}
      <p>
        <span>${t("lastHour")}</span><b>${t("perHour", { cost: money(spentLastHour) })}</b>
      </p>
    </div>
  <//>`;
}

function Age({ data }) {
  const age = useSignal(ageMs);
  const state = useSignal(connection);
  const time = clock(Date.parse(data.coverage.asOf ?? data.fetchedAt));
  return html`<${Cell} look=${state === "live" || state === "polling" ? "fact" : "fact fd-truth__c--old"}>
    <${Figure} value=${span(age ?? 0, language.value)} word=${t("old")} />
    <${Small}>${t("asOf", { time })}<//>
  <//>`;
}

function Coverage({ data, about }) {
  const { sessionsKnown, sessionsRead, callsRead, linesSkipped } = data.coverage;
  const stores = about?.sources.flatMap((source) => source.agents).length ?? 0;
  const missing = sessionsKnown - sessionsRead;
  const trouble = troubleOf(about?.sources ?? []);
  const words =
    (missing > 0 && t("missing", { n: exact(missing) })) ||
    (linesSkipped > 0 && t("skipped", { n: linesSkipped })) ||
    trouble?.words ||
    t("stores", { n: stores });
  return html`<${Cell} look=${missing > 0 || trouble ? "fact fd-truth__c--old" : "fact"}>
    <${Figure}
      value=${exact(sessionsRead)}
      word=${t("ofSessions", { n: exact(sessionsKnown) })}
      to=${href("sources")}
    />
    <${Small}>${words}<span class="fd-hide-m"> · ${t("callsRead", { n: exact(callsRead) })}</span><//>
  <//>`;
}

function Skeleton({ about }) {
  const { done, total } = about?.progress ?? { done: 0, total: 0 };
  const cell = (word) => html`<div key=${word} class="fd-truth__c">
    <p class="fd-truth__n"><span class="fd-skel fd-skel--num"></span><span>${t(word)}</span></p>
    <p class="fd-truth__s"><span class="fd-skel fd-skel--txt"></span></p>
  </div>`;
  return html`<section class="fd-truth" aria-busy="true" aria-label=${t("rightNow")}>
    ${["liveNow", "stuck", "spentToday"].map(cell)}
    <${Cell} look="fact">
      <${Figure} value="—" />
      <${Small}>${t("firstReading")}<//>
    <//>
    <${Cell} look="fact">
      <${Figure} value=${exact(done)} word=${t("ofSessions", { n: exact(total) })} />
      <${Small}>${t("loading")}<//>
    <//>
  </section>`;
}

export function TruthLine({ onOpen }) {
  const data = useSignal(snapshot);
  const all = useSignal(rows);
  const curves = useSignal(trends);
  const about = useSignal(sources);
  if (!data) return html`<${Skeleton} about=${about} />`;
  return html`<section class="fd-truth" aria-label=${t("rightNow")}>
    <${Live} all=${all} />
    <${Stuck} all=${all} onOpen=${onOpen} />
    <${Spent} data=${data} curves=${curves} />
    <${Age} data=${data} />
    <${Coverage} data=${data} about=${about} />
  </section>`;
}
