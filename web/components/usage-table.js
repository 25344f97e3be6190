// The chart's figures as a table: the same buckets, groups and sums.
import { html } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { exact, exactMoney, money } from "../lib/format.js";
import { fullWord } from "../lib/bucket-words.js";
import { language } from "../lib/prefs.js";
import { valueOf } from "../lib/usage-figures.js";

/** Money to the cent; tokens and calls to the last one. */
const figure = (measure, value) => (measure === "cost" ? money(value) : exact(value));

function Cell({ measure, value, isKnown = true, isSum = false }) {
  const title = isKnown && measure === "cost" && value > 0 ? exactMoney(value) : undefined;
  return html`<td class=${isSum ? "num fd-strong" : "num"} title=${title}>${isKnown ? figure(measure, value) : "—"}</td>`;
}

export function UsageTable({ data, shape, measure, name }) {
  const { buckets } = data.chart;
  const { bucket, today } = data.choice;
  const { series, totals, sums } = shape;
  const line = (one, place) => {
    const isKnown = sums[place] !== null;
    const value = valueOf(one.totals, measure);
    const cell = ({ id, values }) =>
      html`<${Cell} key=${id} measure=${measure} value=${values[place]} isKnown=${isKnown} />`;
    return html`<tr key=${one.start}>
      <th scope="row">${fullWord(one, bucket, language.value, today)}</th>
      ${series.map(cell)}
      ${
        value === null
          ? html`<td class="num fd-mute">${t("uUnpriced")}</td>`
          : html`<${Cell} measure=${measure} value=${totals[place]} isKnown=${isKnown} isSum />`
      }
      <${Cell} measure=${measure} value=${sums[place]} isKnown=${isKnown} />
    </tr>`;
  };
  const head = ({ id, title }) => html`<th key=${id} scope="col" class="num" title=${title}>
    <bdi class="fd-cut">${title}</bdi>
  </th>`;
  return html`<div class="fd-wide fd-tall" tabindex="0" role="group" aria-label=${name}>
    <table class="fd-plain fd-figures">
      <thead>
        <tr>
          <th scope="col">${t(`uBucket_${bucket}`)}</th>
          ${series.map(head)}
          <th scope="col" class="num">${t("total")}</th>
          <th scope="col" class="num fd-cap">${t("uRunningTotal")}</th>
        </tr>
      </thead>
      <tbody>
        ${buckets.map(line)}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">${t("total")}</th>
          ${series.map(({ id, total }) => html`<${Cell} key=${id} measure=${measure} value=${total} />`)}
          <${Cell} measure=${measure} value=${shape.total} isSum />
          <td></td>
        </tr>
      </tfoot>
    </table>
  </div>`;
}
