// What was spent, when, on how many tokens and calls. Each figure leads to its parts.
import { html } from "../lib/html.js";
import { addDays, countDays, dayName, dayOf, firstOfMonth } from "../lib/days.js";
import { exact, exactMoney, money, tokens } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { language } from "../lib/prefs.js";
import { hitRate, rate, sumOfDays, tokensOf } from "../lib/usage-figures.js";
import { zone } from "../lib/usage-store.js";
import { usageHref } from "../lib/usage-view.js";

function Tile({ name, value, title, to, notes, isBig }) {
  const note = (text, place) => html`<p key=${place} title=${text}>${text}</p>`;
  return html`<div class=${isBig ? "fd-kpi fd-kpi--big" : "fd-kpi"}>
    <dt>${name}</dt>
    <dd title=${title}>${to ? html`<a class="fd-u" href=${to}>${value}</a>` : value}</dd>
    <dd class="fd-kpi__notes">${notes.filter(Boolean).map(note)}</dd>
  </div>`;
}

/** A cost, and what is left out of it. A cost that nobody knows is no number. */
const costWord = ({ cost }) => (cost === null ? t("uUnpriced") : money(cost));
const leftOut = ({ unpricedCalls }) => unpricedCalls > 0 && t("uWithout", { n: exact(unpricedCalls) });

/** The days of the range that the ledger knows of. */
function knownDays({ from, to, today }, firstDay) {
  const [begin, end] = [from > firstDay ? from : firstDay, to < today ? to : today];
  return begin > end ? 0 : countDays(begin, end);
}

function Spent({ chart, choice }) {
  const days = knownDays(choice, dayOf(chart.firstCallAt, zone));
  const { totals } = chart;
  const isKnown = days > 0;
  const average = days > 1 && totals.cost !== null && t("uAverage", { cost: money(totals.cost / days) });
  const zoned = [average, t("uZone", { zone })].filter(Boolean).join(" · ");
  return html`<${Tile}
    isBig
    name=${t(`uSpent_${choice.range}`, { n: choice.days })}
    value=${isKnown ? costWord(totals) : "—"}
    title=${isKnown ? exactMoney(totals.cost) : undefined}
    to=${usageHref({ measure: "cost" })}
    notes=${[isKnown ? zoned : t("uNotKnown"), leftOut(totals)]}
  />`;
}

/** How today may end, or else what yesterday was, where that is known. */
function compared({ buckets, firstCallAt }, today, likely) {
  if (likely) return t("uLikely", { low: money(likely.low), high: money(likely.high) });
  const yesterday = addDays(today, -1);
  if (yesterday < dayOf(firstCallAt, zone)) return null;
  return t("uYesterday", { cost: costWord(sumOfDays(buckets, yesterday, yesterday)) });
}

function Today({ recent, today, likely }) {
  const now = sumOfDays(recent.buckets, today, today);
  return html`<${Tile}
    isBig
    name=${t("uToday")}
    value=${costWord(now)}
    title=${exactMoney(now.cost)}
    to=${usageHref({ range: "today", from: null, to: null, bucket: null, measure: "cost" })}
    notes=${[compared(recent, today, likely), leftOut(now)]}
  />`;
}

function Month({ year, today }) {
  const sum = sumOfDays(year.buckets, firstOfMonth(today), today);
  const begin = [firstOfMonth(today), dayOf(year.firstCallAt, zone)].sort().at(-1);
  return html`<${Tile}
    name=${t("uMonth")}
    value=${costWord(sum)}
    title=${exactMoney(sum.cost)}
    to=${usageHref({ range: "month", from: null, to: null, bucket: null, measure: "cost" })}
    notes=${[t("uSince", { day: dayName(begin, language.value, today) }), leftOut(sum)]}
  />`;
}

function callNotes({ calls, errors, aborted }) {
  if (errors + aborted === 0) return [calls > 0 && t("uNoErrors")];
  const part = (count) => rate((count / calls) * 100);
  return [
    errors > 0 && t("uErrors", { n: exact(errors), p: part(errors) }),
    aborted > 0 && t("uAborted", { n: exact(aborted), p: part(aborted) }),
  ];
}

export function UsageTiles({ data, likely }) {
  const { chart, recent, year, choice } = data;
  const { totals } = chart;
  const all = tokensOf(totals);
  return html`<dl class="fd-kpis" aria-label=${t("figures")}>
    <${Spent} chart=${chart} choice=${choice} />
    <${Today} recent=${recent} today=${choice.today} likely=${likely} />
    <${Month} year=${year} today=${choice.today} />
    <${Tile}
      name=${t("tokens")}
      value=${tokens(all)}
      title=${exact(all)}
      to=${usageHref({ measure: "tokens" })}
      notes=${[all > 0 && t("uCacheReads", { n: tokens(totals.cacheReadTokens) })]}
    />
    <${Tile} name=${t("uHitRate")} value=${rate(hitRate(totals))} notes=${[t("uHitRateOf")]} />
    <${Tile}
      name=${t("uCalls")}
      value=${exact(totals.calls)}
      to=${usageHref({ measure: "calls" })}
      notes=${callNotes(totals)}
    />
  </dl>`;
}
