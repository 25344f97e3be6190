// The main chart with its legend, and the same figures as a table.
import { html, useEffect, useMemo, useSignal, useState } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { dayName, dayOf } from "../lib/days.js";
import { axisWord, fullWord } from "../lib/bucket-words.js";
import { language, theme } from "../lib/prefs.js";
import { route } from "../lib/router.js";
import { onAxis, short } from "../lib/usage-figures.js";
import { address, chartQuery } from "../lib/usage-query.js";
import { zoomed } from "../lib/usage-range.js";
import { zone } from "../lib/usage-store.js";
import { pick, pickDays, span } from "../lib/usage-view.js";
import { BarChart } from "../charts/bars.js";
import { Icon } from "./icon.js";
import { UsageLegend } from "./usage-legend.js";
import { UsageTable } from "./usage-table.js";
import { NoneInRange } from "./usage-states.js";
import { UsageTip } from "./usage-tip.js";

const DARK = "(prefers-color-scheme: dark)";

/** Changes whenever the colours do: by the button, or with the system. */
function useLook() {
  const chosen = useSignal(theme);
  const [isDark, setDark] = useState(matchMedia(DARK).matches);
  useEffect(() => {
    const query = matchMedia(DARK);
    const follow = () => setDark(query.matches);
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, []);
  return `${chosen} ${isDark}`;
}

/** The bucket that is not over: its bar is marked. */
export function openBucket(buckets, bucket, at) {
  const place = buckets.findIndex(({ start, end }) => Date.parse(start) <= at && at < Date.parse(end));
  return place < 0 ? null : { place, word: t(`uOpen_${bucket}`) };
}

function givenOf({ data, shape, measure, only, likely, tongue }) {
  const { buckets } = data.chart;
  const { bucket } = data.choice;
  const open = openBucket(buckets, bucket, data.at);
  return {
    ...shape,
    buckets,
    bucket,
    only,
    open,
    words: buckets.map((one) => axisWord(one, bucket, tongue)),
    rest: open && likely && bucket === "day" && !only ? likely.middle : null,
    isWhole: measure !== "cost",
    onAxis: (value) => onAxis(measure, value),
    onZoom: (low, high) => {
      const days = zoomed(buckets, low, high, data.choice.today);
      if (days && (days.from !== data.choice.from || days.to !== data.choice.to)) pickDays(days.from, days.to);
    },
  };
}

function Plot({ data, shape, measure, only, likely, name }) {
  const tongue = useSignal(language);
  const look = useLook();
  const given = useMemo(
    () => givenOf({ data, shape, measure, only, likely, tongue }),
    [data, shape, measure, only, likely, tongue],
  );
  const { buckets } = data.chart;
  const { bucket, today } = data.choice;
  const peak = shape.totals.indexOf(Math.max(...shape.totals));
  const label = t("uChartLabel", {
    name,
    days: span(data.choice),
    total: short(measure, shape.total ?? 0),
    peak: fullWord(buckets[peak], bucket, tongue, today),
  });
  const tipOf = (place) => html`<${UsageTip} data=${data} shape=${shape} measure=${measure} place=${place} />`;
  return html`<div class="fd-use">
    <${BarChart} given=${given} label=${label} look=${look} tipOf=${tipOf} />
    <${UsageLegend} data=${data} shape=${shape} measure=${measure} only=${only} />
  </div>`;
}

function Head({ data, name, isTable }) {
  const { choice } = data;
  const csv = address("usage.csv", chartQuery(choice, zone));
  return html`<div class="fd-panel__head">
    <h2>${name}</h2>
    <p class="fd-cut">${t(isTable ? "uTableNote" : "uChartNote", { by: t(`uBy_${choice.by}`) })}</p>
    <span class="fd-push"></span>
    <button
      type="button"
      class="fd-btn fd-btn--sm"
      aria-pressed=${isTable}
      onClick=${() => pick({ view: isTable ? null : "table" })}
    >
      <${Icon} name=${isTable ? "bar-chart-line" : "table"} />${t(isTable ? "uShowChart" : "uShowTable")}
    </button>
    <a class="fd-btn fd-btn--sm" href=${csv} download aria-label=${t("uCsvChart")} title=${t("uCsvChart")}>
      <${Icon} name="download" />CSV
    </a>
  </div>`;
}

export function UsageChart({ data, shape, measure, likely }) {
  const { params } = useSignal(route);
  const { choice, chart } = data;
  const isTable = params.view === "table";
  const only = shape.series.some(({ id }) => id === params.only) ? params.only : null;
  const name = t(`uChart_${measure}`, { step: t(`uStep_${choice.bucket}`) });
  const since = dayName(dayOf(chart.firstCallAt, zone), language.value, choice.today);
  const content = () =>
    isTable
      ? html`<${UsageTable} data=${data} shape=${shape} measure=${measure} name=${name} />`
      : html`<${Plot} data=${data} shape=${shape} measure=${measure} only=${only} likely=${likely} name=${name} />`;
  return html`<section class="fd-panel" aria-label=${name}>
    <${Head} data=${data} name=${name} isTable=${isTable} />
    ${chart.totals.calls > 0 ? content() : html`<${NoneInRange} days=${span(choice)} since=${since} />`}
  </section>`;
}
