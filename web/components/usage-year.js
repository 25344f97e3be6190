// A year of days, one square each; the same as a table of weeks. A square leads to its day.
import { html, useEffect, useMemo, useRef, useState } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { dayName, dayOf, monthName, weekdayName } from "../lib/days.js";
import { language } from "../lib/prefs.js";
import { inFull, short, valueOf } from "../lib/usage-figures.js";
import { zone } from "../lib/usage-store.js";
import { measureWord, pickDays, usageHref } from "../lib/usage-view.js";
import { monthStarts, weeks } from "../charts/calendar.js";
import { heat } from "../charts/scale.js";
import { Icon } from "./icon.js";

/** Room for the names of weekdays and months, and the smallest and largest place of a day, in pixels. */
const [LEFT, TOP, LEAST, MOST, GAP] = [36, 18, 10, 17, 2];
const NAMED_DAYS = [0, 2, 4];

function titleOf({ day, figures }, measure) {
  const value = valueOf(figures, measure);
  return `${dayName(day, language.value, "")}: ${value === null ? t("uUnpriced") : inFull(measure, value)}`;
}

function Squares({ list, measure, highest, width, label }) {
  const step = Math.max(LEAST, Math.min(MOST, (width - LEFT) / list.length));
  const [wide, high] = [Math.floor(LEFT + step * list.length), Math.ceil(TOP + step * 7)];
  const square = (one, week, number) => {
    if (one.state === "after") return null;
    const isKnown = one.state === "day";
    return html`<rect
      key=${one.day}
      class=${isKnown ? `g${heat(valueOf(one.figures, measure), highest)}` : "g-none"}
      x=${LEFT + week * step}
      y=${TOP + number * step}
      width=${step - GAP}
      height=${step - GAP}
      rx="2"
      data-day=${isKnown ? one.day : undefined}
    >
      <title>${isKnown ? titleOf(one, measure) : t("uBefore", { day: dayName(one.day, language.value, "") })}</title>
    </rect>`;
  };
  const open = (event) => {
    const { day } = event.target.dataset ?? {};
    if (day) pickDays(day, day);
  };
  const month = ({ place, day }) =>
    html`<text key=${day} x=${LEFT + place * step} y="11">${monthName(day, language.value)}</text>`;
  const weekday = (number) => html`<text key=${number} x="0" y=${TOP + number * step + step / 2 + 3}>
    ${weekdayName(list[0].days[number].day, language.value)}
  </text>`;
  return html`<svg class="fd-cal" width=${wide} height=${high} role="img" aria-label=${label} onClick=${open}>
    ${monthStarts(list).map(month)}${NAMED_DAYS.map(weekday)}
    ${list.map(({ days }, week) => days.map((one, number) => square(one, week, number)))}
  </svg>`;
}

/** As wide as there is room; what is wider scrolls, and begins at its end: today. */
function Year(props) {
  const box = useRef(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const follow = new ResizeObserver(() => setWidth(box.current?.clientWidth ?? 0));
    follow.observe(box.current);
    return () => follow.disconnect();
  }, []);
  useEffect(() => {
    box.current.scrollLeft = box.current.scrollWidth;
  }, [width]);
  return html`<div class="fd-calbox" ref=${box} tabindex="0" role="group" aria-label=${props.label}>
    ${width > 0 && html`<${Squares} ...${props} width=${width} />`}
  </div>`;
}

function Weeks({ list, measure, label }) {
  const cell = (one) => {
    if (one.state !== "day")
      return html`<td key=${one.day} class="num fd-mute">${one.state === "before" ? "—" : ""}</td>`;
    const value = valueOf(one.figures, measure);
    const to = usageHref({ range: null, from: one.day, to: one.day, bucket: null, view: null });
    return html`<td key=${one.day} class="num" title=${titleOf(one, measure)}>
      <a class="fd-u" href=${to}>${value === null ? t("unpriced") : short(measure, value)}</a>
    </td>`;
  };
  const line = ({ monday, days }) => html`<tr key=${monday}>
    <th scope="row">${dayName(monday, language.value, "")}</th>
    ${days.map(cell)}
  </tr>`;
  return html`<div class="fd-wide fd-tall fd-tall--year" tabindex="0" role="group" aria-label=${label}>
    <table class="fd-plain fd-figures">
      <thead>
        <tr>
          <th scope="col">${t("uWeekOf")}</th>
          ${list[0].days.map(({ day }) => html`<th key=${day} scope="col" class="num">${weekdayName(day, language.value)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${[...list].reverse().map(line)}
      </tbody>
    </table>
  </div>`;
}

export function UsageYear({ data, measure }) {
  const [isTable, setTable] = useState(false);
  const { today } = data.choice;
  const firstDay = dayOf(data.year.firstCallAt, zone);
  const list = useMemo(() => weeks(data.year.buckets, firstDay, today), [data, firstDay, today]);
  const values = list.flatMap(({ days }) =>
    days.map(({ figures }) => (figures ? (valueOf(figures, measure) ?? 0) : 0)),
  );
  const since = dayName(firstDay, language.value, today);
  const label = t("uYearLabel", { what: t(`uMeasure_${measure}`), since });
  const Shape = isTable ? Weeks : Year;
  return html`<section class="fd-panel" aria-label=${t("uYear")}>
    <div class="fd-panel__head">
      <h2>${t("uYear")}</h2>
      <p class="fd-cut">${t("uYearNote", { what: measureWord(measure), since })}</p>
      <span class="fd-push"></span>
      <button type="button" class="fd-btn fd-btn--sm" aria-pressed=${isTable} onClick=${() => setTable(!isTable)}>
        <${Icon} name=${isTable ? "calendar3" : "table"} />${t(isTable ? "uShowCalendar" : "uShowTable")}
      </button>
    </div>
    <${Shape} list=${list} measure=${measure} highest=${Math.max(0, ...values)} label=${label} />
  </section>`;
}
