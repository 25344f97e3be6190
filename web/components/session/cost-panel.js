// What each turn cost, and the sum until then.
import { html, useSignal } from "../../lib/html.js";
import { t } from "../../lib/i18n.js";
import { clock, exact, exactMoney, money } from "../../lib/format.js";
import { language } from "../../lib/prefs.js";
import { CostChart } from "../../charts/turns-cost.js";

/** Money on an axis: as few digits as tell two lines apart. */
export function axisMoney(value) {
  if (value === 0) return "$0";
  if (value < 0.01) return `$${Number(value.toPrecision(2))}`;
  if (value < 1) return `$${value.toFixed(3).replace(/0$/, "")}`;
  if (value < 10) return `$${value.toFixed(2).replace(/\.00$/, "")}`;
  return value < 1000 ? `$${Math.round(value)}` : `$${Number((value / 1000).toFixed(1))}k`;
}

const pair = (name, value) => html`<p key=${name}><span>${name}</span><b>${value}</b></p>`;

/** A bar of one turn or of several. */
function Tip({ bar, sum, turns, first }) {
  const isOne = bar.from === bar.to;
  const turn = turns[bar.from];
  const name = isOne
    ? t("pTurn", { n: first + bar.from })
    : t("pTurns", { from: first + bar.from, to: first + bar.to });
  const cost = bar.unpriced > bar.to - bar.from ? t("uUnpriced") : exactMoney(bar.cost);
  return html`<b>${name}</b>
    ${isOne && pair(t("pAt"), clock(turn.at))}
    ${pair(t("cost"), cost)}
    ${pair(t("pUntilThen"), exactMoney(sum))}
    ${bar.failed > 0 && pair(t("pFailedTurns"), exact(bar.failed))}
    ${!isOne && bar.unpriced > 0 && html`<p class="fd-mute">${t("pUnpricedTurns", { n: bar.unpriced, c: exact(bar.unpriced) })}</p>`}
    ${isOne && html`<p class="fd-mute"><bdi class="fd-cut">${turn.model ?? t("unknown")}</bdi></p>`}`;
}

/** What the chart does not show, in words. */
function notesOf({ turns, turnsOmitted, usage }) {
  const unpriced = turns.filter(({ cost }) => cost === null).length;
  const listed = turns.reduce((sum, { cost }) => sum + (cost ?? 0), 0);
  const earlier = money(Math.max(0, (usage.cost ?? 0) - listed));
  return [
    turnsOmitted > 0 && t("pTurnsOmitted", { n: turnsOmitted, c: exact(turnsOmitted), cost: earlier }),
    unpriced > 0 && unpriced < turns.length && t("pUnpricedTurns", { n: unpriced, c: exact(unpriced) }),
  ].filter(Boolean);
}

function Chart({ detail }) {
  const { turns, turnsOmitted, usage } = detail;
  const first = turnsOmitted + 1;
  const label = t("pCostLabel", { cost: money(usage.cost), turns: exact(turns.length + turnsOmitted) });
  const tipOf = (bar, sum) => html`<${Tip} bar=${bar} sum=${sum} turns=${turns} first=${first} />`;
  return html`<${CostChart}
    turns=${turns}
    whole=${usage.cost}
    first=${first}
    words=${{ turn: (n) => t("pTurn", { n }), perBar: (n) => t("pPerBar", { n }) }}
    label=${label}
    onAxis=${axisMoney}
    tipOf=${tipOf}
  />`;
}

function Foot({ detail }) {
  const hasFailed = detail.turns.some(({ cost, error, stop }) => cost > 0 && (error || stop === "error"));
  return html`<div class="fd-foot fd-fall__foot">
    <span class="fd-key fd-key--cost"><span>${t("pKey_turn")}</span></span>
    ${hasFailed && html`<span class="fd-key fd-key--err"><span>${t("pKey_failed")}</span></span>`}
    <span class="fd-key fd-key--line"><span>${t("uRunningTotal")}</span></span>
    ${notesOf(detail).map((note) => html`<span key=${note}>${note}</span>`)}
  </div>`;
}

/** Why there is nothing to draw. */
function noneOf(turns) {
  if (turns.length === 0) return t("pNoTurns");
  return turns.some(({ cost }) => cost !== null) ? t("pFree") : t("pNoPrices", { n: exact(turns.length) });
}

export function CostPanel({ detail }) {
  useSignal(language);
  const { turns, usage } = detail;
  const isDrawn = turns.some(({ cost }) => cost > 0);
  const total = usage.cost === null ? t("uUnpriced") : t("pInAll", { cost: money(usage.cost) });
  return html`<section class="fd-panel" aria-label=${t("pCostPerTurn")}>
    <div class="fd-panel__head">
      <h2>${t("pCostPerTurn")}</h2>
      ${turns.length > 0 && html`<p class="fd-cut">${total}</p>`}
    </div>
    ${isDrawn && html`<${Chart} detail=${detail} /><${Foot} detail=${detail} />`}
    ${!isDrawn && html`<p class="fd-note">${[noneOf(turns), ...notesOf(detail)].join(" · ")}</p>`}
  </section>`;
}
