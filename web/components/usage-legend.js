// The names of the chart: colour, amount, share. One press keeps only that name; another brings back all.
import { html } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { exact } from "../lib/format.js";
import { inFull, share, short } from "../lib/usage-figures.js";
import { groupName, pick } from "../lib/usage-view.js";
import { Icon } from "./icon.js";

/** So many groups without a price are named; the rest is counted. */
const NAMED = 3;

function Name({ one, total, measure, only }) {
  const isOnly = only === one.id;
  const without = one.figures.unpricedCalls > 0 && measure === "cost";
  const note = without ? ` · ${t("uWithout", { n: exact(one.figures.unpricedCalls) })}` : "";
  return html`<li>
    <button
      type="button"
      class=${only && !isOnly ? "fd-legend__b is-off" : "fd-legend__b"}
      aria-pressed=${isOnly}
      title=${`${one.title} · ${inFull(measure, one.total)}${note}`}
      onClick=${() => pick({ only: isOnly ? null : one.id })}
    >
      <svg aria-hidden="true"><rect class=${one.swatch} width="100%" height="100%" /></svg>
      <bdi class="fd-cut">${one.title}</bdi><b>${short(measure, one.total)}${without && html`<sup>*</sup>`}</b>
      <span class="fd-mute">${share(one.total, total)}</span>
    </button>
  </li>`;
}

function Unpriced({ by, list }) {
  const line = (one) => html`<li key=${one.id} class="fd-legend__l" title=${groupName(by, one.name)}>
    <${Icon} name="slash-circle" /><bdi class="fd-cut fd-mute">${groupName(by, one.name)}</bdi>
    <span class="fd-mute fd-legend__w">${t("uUnpriced")}</span>
  </li>`;
  const rest = list.length - NAMED;
  return html`${list.slice(0, NAMED).map(line)}
  ${rest > 0 && html`<li class="fd-legend__l fd-mute"><span></span><span>${t("uMoreUnpriced", { n: rest })}</span></li>`}`;
}

/** Which calls no sum of money holds, where the names above do not already say so. */
function leftOut({ totals, unpricedModels }, { unpriced }) {
  const said = unpriced.reduce((sum, one) => sum + one.figures.unpricedCalls, 0);
  if (totals.unpricedCalls <= said) return null;
  const more = unpricedModels.length > NAMED ? ", …" : "";
  const models = unpricedModels.slice(0, NAMED).join(", ") + more;
  return t("uLeftOut", { n: exact(totals.unpricedCalls), models: models || t("unknown") });
}

export function UsageLegend({ data, shape, measure, only }) {
  const { by } = data.choice;
  const words = leftOut(data.chart, shape);
  const sum = shape.total === null ? t("uUnpriced") : short(measure, shape.total);
  const name = (one) => html`<${Name} key=${one.id} one=${one} total=${shape.total} measure=${measure} only=${only} />`;
  return html`<div class="fd-legend">
    <ul aria-label=${t("uLegend")}>
      ${shape.series.map(name)}
      <li class="fd-legend__l">
        <svg aria-hidden="true"><rect class="f-ink" width="100%" height="2" y="5" /></svg>
        <span>${t("uRunningTotal")}</span>
      </li>
      <li class="fd-legend__l fd-legend__sum">
        <span></span><span>${t(`uAll_${by}`)}</span><b title=${inFull(measure, shape.total)}>${sum}</b>
      </li>
      ${shape.unpriced.length > 0 && html`<${Unpriced} by=${by} list=${shape.unpriced} />`}
    </ul>
    ${measure === "cost" && words && html`<p class="fd-legend__p"><bdi>${words}</bdi></p>`}
    <p class="fd-legend__p fd-legend__hint">${t("uHint")}</p>
  </div>`;
}
