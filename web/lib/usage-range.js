// What the address asks of the Usage page: which days, which measure, which groups, which steps. Pure.
import { addDays, countDays, firstOfMonth, isDay, mondayOf } from "./days.js";

export const RANGES = ["today", "week", "month", "7d", "14d", "30d", "90d", "all"];
export const MEASURES = ["cost", "tokens", "calls"];
export const GROUPS = ["agent", "model", "type", "installation"];
export const BUCKETS = ["hour", "day", "week", "month"];
const DEFAULT_RANGE = "30d";

const first = (list, word, fallback = list[0]) => (list.includes(word) ? word : fallback);

/** The first and the last day of a range that ends today. `all` begins with the first call, once that is known. */
export function daysOf(range, today, firstDay) {
  switch (range) {
    case "today":
      return { from: today, to: today };
    case "week":
      return { from: mondayOf(today), to: today };
    case "month":
      return { from: firstOfMonth(today), to: today };
    case "all":
      return { from: firstDay && firstDay < today ? firstDay : today, to: today };
    default:
      return { from: addDays(today, 1 - Number.parseInt(range, 10)), to: today };
  }
}

/** The steps that make a readable chart of so many days. */
export function bucketsFor(days) {
  const fits = {
    hour: days <= 14,
    day: days > 1 && days <= 400,
    week: days > 13,
    month: days > 59,
  };
  return BUCKETS.filter((bucket) => fits[bucket]);
}

export function defaultBucket(days) {
  if (days <= 2) return "hour";
  if (days <= 92) return "day";
  return days <= 730 ? "week" : "month";
}

/** No agent called a model before this day; and a chart of a thousand years helps nobody. */
const EARLIEST = "2000-01-01";
const clamp = (day, today) => [EARLIEST, day, today].sort()[1];

/** Dates in the address count more than a range; a pair that is the wrong way round is turned. */
function chosenDays(params, today, firstDay) {
  if (isDay(params.from) && isDay(params.to)) {
    const [from, to] = [params.from, params.to].map((day) => clamp(day, today)).sort();
    return { range: "dates", from, to };
  }
  const range = first(RANGES, params.range, DEFAULT_RANGE);
  return { range, ...daysOf(range, today, firstDay) };
}

/** Everything the page draws by. Unknown words fall back to what is usual. */
export function choose(params, today, firstDay) {
  const days = chosenDays(params, today, firstDay);
  const count = countDays(days.from, days.to);
  const buckets = bucketsFor(count);
  return {
    ...days,
    days: count,
    buckets,
    bucket: first(buckets, params.bucket, defaultBucket(count)),
    measure: first(MEASURES, params.measure),
    by: first(GROUPS, params.by, "model"),
    today,
  };
}

/** The days that a stretch of buckets covers, for a zoom; null when it is all of them or nothing new. */
export function zoomed(buckets, low, high, lastDay) {
  const [a, b] = [Math.max(0, low), Math.min(buckets.length - 1, high)];
  if (a > b || (a === 0 && b === buckets.length - 1)) return null;
  const to = endDay(buckets[b]);
  return { from: buckets[a].start.slice(0, 10), to: to > lastDay ? lastDay : to };
}

/** The last day of a bucket: the day before its end, where it ends at midnight. */
export function endDay({ start, end }) {
  const day = end.slice(0, 10);
  return end.slice(11, 16) === "00:00" && day > start.slice(0, 10) ? addDays(day, -1) : day;
}
