// The exact figures of one bar, largest first.
import { html } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { exact, tokens } from "../lib/format.js";
import { fullWord } from "../lib/bucket-words.js";
import { language } from "../lib/prefs.js";
import { inFull, tokensOf, valueOf } from "../lib/usage-figures.js";

export function UsageTip({ data, shape, measure, place }) {
  const bucket = data.chart.buckets[place];
  const { totals } = bucket;
  const lines = shape.series
    .map((one) => ({ ...one, value: one.values[place] }))
    .filter(({ value }) => value > 0)
    .sort((a, b) => b.value - a.value);
  const line = ({ id, swatch, title, value }) => html`<p key=${id}>
    <svg aria-hidden="true"><rect class=${swatch} width="100%" height="100%" /></svg>
    <bdi class="fd-cut">${title}</bdi><b>${inFull(measure, value)}</b>
  </p>`;
  const value = valueOf(totals, measure);
  const sum = value === null ? t("uUnpriced") : inFull(measure, value);
  const without = measure === "cost" && totals.unpricedCalls > 0;
  const { bucket: step, today } = data.choice;
  return html`<b>${fullWord(bucket, step, language.value, today)}, ${sum}</b>
    ${lines.map(line)}
    <p class="fd-mute">
      <span>${t("uTipTokens", { n: tokens(tokensOf(totals)) })}</span>
      <span>${t("uTipCalls", { n: totals.calls, c: exact(totals.calls) })}</span>
    </p>
    ${without && html`<p class="fd-mute">${t("uWithout", { n: exact(totals.unpricedCalls) })}</p>`}`;
}
