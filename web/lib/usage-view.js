// Words and colours of groups, and the ways through the Usage page's address.
import { colors, OTHERS, stack } from "../charts/stack.js";
import { spanName } from "./days.js";
import { t } from "./i18n.js";
import { language } from "./prefs.js";
import { go, href, route } from "./router.js";
import { TYPES } from "./status.js";

/** What a group is called. Names come from outside: they are text, and may be nothing. */
export function groupName(by, name) {
  if (name === "") return t("unknown");
  return by === "type" && TYPES.includes(name) ? t(name) : name;
}

export const seriesName = (by, { id, name, count }) =>
  id === OTHERS ? t("uOthers", { n: count }) : groupName(by, name);

/** A measure inside a sentence. */
export const measureWord = (measure) => t(`uMeasure_${measure}`).toLowerCase();

/** The colours given so far, by kind of group: a name keeps its colour while the choice changes. */
const memories = new Map();

/** The class of a swatch and the token of a chart for each series. Types have colours of their own. */
export function looks(by, series) {
  if (!memories.has(by)) memories.set(by, new Map());
  const plain = series.filter(({ id, name }) => id !== OTHERS && !(by === "type" && TYPES.includes(name)));
  const given = colors(
    memories.get(by),
    plain.map(({ id }) => id),
  );
  return series.map(({ id, name }) => {
    if (id === OTHERS) return { swatch: "f-other", color: "--status-stale-fill" };
    const number = given.get(id);
    return number
      ? { swatch: `f-s${number}`, color: `--series-${number}` }
      : { swatch: `f-${name}`, color: `--type-${name}-fill` };
  });
}

/** What the chart, its legend and its table are drawn from. */
export function drawn(data, measure) {
  const { by } = data.choice;
  const shape = stack(data.chart, measure, by, data.at);
  const dress = looks(by, shape.series);
  const series = shape.series.map((one, place) => ({ ...one, ...dress[place], title: seriesName(by, one) }));
  return { ...shape, series };
}

/** A change of the address that the way back undoes. */
export const pick = (change) => go("usage", { ...route.value.params, ...change });
export const pickRange = (range) => pick({ range, from: null, to: null, bucket: null });
export const pickDays = (from, to) => pick({ range: null, from, to, bucket: null });
export const usageHref = (change) => href("usage", { ...route.value.params, ...change });

/** `24 Oct – 22 Nov`, of what is shown. */
export const span = ({ from, to, today }) => spanName(from, to, language.value, today);
