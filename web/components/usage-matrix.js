// Which agent used which model: shades for the eye, the figure in every cell, sums both ways.
import { html, useMemo } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { inFull, short, valueOf } from "../lib/usage-figures.js";
import { address, matrixQuery } from "../lib/usage-query.js";
import { zone } from "../lib/usage-store.js";
import { groupName, measureWord } from "../lib/usage-view.js";
import { matrix, OTHERS_NAME } from "../charts/matrix.js";
import { heat } from "../charts/scale.js";
import { Icon } from "./icon.js";

/** So few rows have room to be higher. */
const FEW = 4;

/** Without the maker, whom the rest of the name already tells; the whole name is in the title. */
const brief = (name) =>
  name
    .split("/")
    .at(-1)
    .replace(/^claude-(?=.)/, "");

/** Names for the head of the columns; two that would look the same keep all of theirs. */
function shortNames(names) {
  const texts = names.filter((name) => name !== OTHERS_NAME);
  const isAlone = (name) => texts.filter((other) => brief(other) === brief(name)).length === 1;
  return new Map(texts.map((name) => [name, isAlone(name) ? brief(name) : name]));
}

function Cell({ figures, measure, highest, title }) {
  if (!figures || figures.calls === 0) return html`<td class="heat-0">—</td>`;
  const value = valueOf(figures, measure);
  if (value === null) return html`<td class="heat-0" title=${title}>${t("unpriced")}</td>`;
  const more = `${title}: ${inFull(measure, value)}`;
  return html`<td class=${`heat-${heat(value, highest)}`} title=${more}>${short(measure, value)}</td>`;
}

function Sum({ figures, measure }) {
  const value = valueOf(figures, measure);
  const text = value === null ? t("unpriced") : short(measure, value);
  return html`<td class="fd-heat__sum" title=${value === null ? undefined : inFull(measure, value)}>${text}</td>`;
}

function Grid({ shape, measure, totals }) {
  const shorts = shortNames(shape.columns);
  const model = (name) => (name === OTHERS_NAME ? t("uOthers", { n: shape.columnsLeft }) : groupName("model", name));
  const agent = (name) => (name === OTHERS_NAME ? t("uOthers", { n: shape.rowsLeft }) : groupName("agent", name));
  const head = (name) => html`<th key=${name} scope="col" title=${model(name)}>
    <bdi>${shorts.get(name) || model(name)}</bdi>
  </th>`;
  const line = (row) => html`<tr key=${row}>
    <th scope="row" title=${agent(row)}><bdi>${agent(row)}</bdi></th>
    ${shape.columns.map(
      (column) => html`<${Cell}
        key=${column}
        figures=${shape.cell(row, column)}
        measure=${measure}
        highest=${shape.highest}
        title=${`${agent(row)} × ${model(column)}`}
      />`,
    )}
    <${Sum} figures=${shape.rowSum(row)} measure=${measure} />
  </tr>`;
  // The sums have a column, and the names of the rows.
  const widths = [...shape.columns, "", ""].map((_, place) => html`<col key=${place} />`);
  return html`<table class=${shape.rows.length <= FEW ? "fd-heat fd-heat--few" : "fd-heat"}>
    <colgroup>${widths}</colgroup>
    <thead>
      <tr>
        <td></td>
        ${shape.columns.map(head)}
        <th scope="col">${t("uSum")}</th>
      </tr>
    </thead>
    <tbody>
      ${shape.rows.map(line)}
    </tbody>
    <tfoot>
      <tr>
        <th scope="row">${t("uSum")}</th>
        ${shape.columns.map((name) => html`<${Sum} key=${name} figures=${shape.columnSum(name)} measure=${measure} />`)}
        <${Sum} figures=${totals} measure=${measure} />
      </tr>
    </tfoot>
  </table>`;
}

export function UsageMatrix({ data, measure }) {
  const shape = useMemo(() => matrix(data.matrix, measure), [data, measure]);
  const csv = address("usage.csv", matrixQuery(data.choice, zone));
  const name = t("uMatrix");
  return html`<section class="fd-panel" aria-label=${name}>
    <div class="fd-panel__head">
      <h2>${name}</h2>
      <p class="fd-cut">${t("uMatrixNote", { what: measureWord(measure) })}</p>
      <span class="fd-push"></span>
      <a class="fd-btn fd-btn--sm" href=${csv} download aria-label=${t("uCsvMatrix")} title=${t("uCsvMatrix")}>
        <${Icon} name="download" />CSV
      </a>
    </div>
    <div class="fd-wide fd-heatbox" tabindex="0" role="group" aria-label=${name}>
      ${
        shape.rows.length > 0
          ? html`<${Grid} shape=${shape} measure=${measure} totals=${data.matrix.totals} />`
          : html`<p class="fd-mute">${t("uNoneInRange")}</p>`
      }
    </div>
  </section>`;
}
