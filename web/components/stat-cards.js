// The six figures over all live sessions.
import { html, useSignal } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { exact, exactMoney, money, tokens } from "../lib/format.js";
import { href } from "../lib/router.js";
import { rows, snapshot, trends } from "../lib/store.js";
import { countBy, STATUSES, sum, TYPES } from "../lib/status.js";
import { Icon } from "./icon.js";
import { StatCard } from "./stat-card.js";
import { Tag } from "./tag.js";

const LEVELS = ["high", "medium", "low"];
/** So many agents have room in the card of active sessions. */
const AGENTS = 4;

const tags = (names, counts) => names.map((name) => html`<${Tag} key=${name} name=${name} count=${counts[name]} />`);
const largestFirst = (column) => href("overview", { sort: column, order: "desc" });

function ActiveCard({ all, curves }) {
  const active = all.filter((row) => row.status === "active");
  const byAgent = Object.entries(countBy(active, "agentId", [])).sort((a, b) => b[1] - a[1]);
  return html`<${StatCard}
    icon="activity"
    name=${t("activeSessions")}
    value=${exact(active.length)}
    of=${curves && t("peakToday", { n: exact(Math.max(curves.peakActiveToday, active.length)) })}
    trend=${curves?.active}
    parts=${byAgent.map(([, count]) => ["active", count])}
    href=${href("overview", { status: "active" })}
  >
    ${byAgent
      .slice(0, AGENTS)
      .map(([agent, count]) => html`<span key=${agent}><bdi>${agent}</bdi> <b>${exact(count)}</b></span>`)}
  <//>`;
}

function TypeCard({ all, curves }) {
  const counts = countBy(all, "sessionType", TYPES);
  return html`<${StatCard}
    icon="diagram-3"
    name=${t("byType")}
    value=${exact(all.length)}
    of=${t("sessionsWord")}
    trend=${curves?.sessions}
    parts=${TYPES.map((type) => [type, counts[type]])}
    href=${href("overview", { sort: "type" })}
  >
    ${tags(TYPES, counts)}
  <//>`;
}

function StatusCard({ all, curves }) {
  const counts = countBy(all, "status", STATUSES);
  return html`<${StatCard}
    icon="heart-pulse"
    name=${t("byStatus")}
    value=${exact(counts.active + counts.idle)}
    of=${t("usedLastHour")}
    trend=${curves?.recentlyUsed}
    parts=${STATUSES.map((status) => [status, counts[status]])}
    href=${href("overview", { status: "active,idle" })}
  >
    ${tags(STATUSES, counts)}
  <//>`;
}

function CostCard({ all, data, curves }) {
  const { totalCost, unpricedModels } = data.tokenStats;
  const priced = all.filter((row) => row.cost !== null);
  const unpriced = all.length - priced.length;
  const ofLevel = (level) => priced.filter((row) => row.costLevel === level);
  return html`<${StatCard}
    icon="coin"
    name=${t("totalCost")}
    note=${unpriced > 0 && t("unpricedShort", { n: exact(unpriced) })}
    value=${money(totalCost)}
    of=${t("lifeOf", { n: exact(priced.length) })}
    title=${[exactMoney(totalCost), ...unpricedModels].join(" · ")}
    trend=${curves?.costTotal}
    parts=${LEVELS.map((level) => [level, sum(ofLevel(level), "cost")])}
    href=${largestFirst("cost")}
  >
    ${tags(LEVELS, countBy(priced, "costLevel", LEVELS))}
  <//>`;
}

function TokenCard({ all, data, curves }) {
  const { totalInput, totalOutput, totalCacheRead, totalCacheWrite } = data.tokenStats;
  const cache = totalCacheRead + totalCacheWrite;
  const total = totalInput + totalOutput + cache;
  const parts = [
    ["input", totalInput],
    ["output", totalOutput],
    ["cr", cache],
  ];
  const words = { input: t("input"), output: t("output"), cr: t("cache") };
  return html`<${StatCard}
    icon="layers"
    name=${t("tokens")}
    value=${tokens(total)}
    of=${t("lifeOf", { n: exact(all.length) })}
    title=${exact(total)}
    trend=${curves?.tokensTotal}
    parts=${parts}
    href=${largestFirst("cache")}
  >
    ${parts.map(
      ([kind, count]) => html`<span key=${kind} class=${`fd-key fd-key--${kind}`} title=${exact(count)}>
        <span>${words[kind]}</span> <b>${tokens(count)}</b>
      </span>`,
    )}
  <//>`;
}

function ContextCard({ all, data, curves }) {
  const used = data.tokenStats.totalContext;
  const window = sum(all, "contextTokens");
  const between = (from, to) => all.filter(({ contextPercent: p }) => p !== null && p >= from && p < to).length;
  const [hot, warm] = [between(90, Infinity), between(75, 90)];
  const warning = (look, icon, words) => html`<span class=${`fd-tag fd-tag--${look}`}>
    <${Icon} name=${icon} />${words}
  </span>`;
  return html`<${StatCard}
    icon="speedometer2"
    name=${t("contextInUse")}
    value=${tokens(used)}
    of=${t("ofWindow", { n: tokens(window) })}
    title=${exact(used)}
    trend=${curves?.contextTokens}
    parts=${[
      ["ctx", used],
      ["none", Math.max(0, window - used)],
    ]}
    href=${largestFirst("context")}
  >
    ${hot > 0 && warning("stuck", "exclamation-triangle-fill", t("over", { n: exact(hot), p: 90 }))}
    ${warm > 0 && warning("warn", "exclamation-circle", t("over", { n: exact(warm), p: 75 }))}
    ${hot + warm === 0 && html`<span>${t("allBelow")}</span>`}
  <//>`;
}

const CARDS = [ActiveCard, TypeCard, StatusCard, CostCard, TokenCard, ContextCard];

const skeleton = (_, place) => html`<div key=${place} class="fd-stat">
  <span class="fd-skel fd-skel--w1"></span><span class="fd-skel fd-skel--num"></span>
</div>`;

export function StatCards() {
  const data = useSignal(snapshot);
  const all = useSignal(rows);
  const curves = useSignal(trends);
  const cards = data
    ? CARDS.map((Card, place) => html`<${Card} key=${place} all=${all} data=${data} curves=${curves} />`)
    : CARDS.map(skeleton);
  return html`<section class="fd-stats" aria-busy=${data ? undefined : "true"} aria-label=${t("figures")}>
    ${cards}
  </section>`;
}
