// How today is likely to end: what is spent, and what the same hours of the days before still brought. Pure.
import { addDays } from "../lib/days.js";
import { valueOf } from "../lib/usage-figures.js";

const PAST_DAYS = 7;
/** From fewer days nothing is foretold. */
const FEWEST_DAYS = 4;

/** What a day still brought after a time of day; the hour that it falls into counts by its part. */
export function restOf(buckets, day, hour, minute, measure) {
  let rest = 0;
  for (const { start, totals } of buckets) {
    if (start.slice(0, 10) !== day) continue;
    const at = Number(start.slice(11, 13));
    const part = at > hour ? 1 : at === hour ? 1 - minute / 60 : 0;
    rest += part * (valueOf(totals, measure) ?? 0);
  }
  return rest;
}

/** The value below which a part of the sorted values lies. */
export function quantile(sorted, part) {
  const place = (sorted.length - 1) * part;
  const [low, high] = [Math.floor(place), Math.ceil(place)];
  return sorted[low] + (sorted[high] - sorted[low]) * (place - low);
}

export const soFar = (buckets, day, measure) =>
  buckets
    .filter(({ start }) => start.slice(0, 10) === day)
    .reduce((sum, { totals }) => sum + (valueOf(totals, measure) ?? 0), 0);

/**
 * The middle half of what today may come to: today so far plus the rests of up to seven full days.
 * Null where too few full days are known. `time` is `14:05`, the time of day now.
 */
export function forecast(buckets, today, time, firstDay, measure) {
  const [hour, minute] = time.split(":").map(Number);
  const rests = [];
  for (let back = 1; back <= PAST_DAYS; back += 1) {
    const day = addDays(today, -back);
    // The first day may have begun in its middle: it is not a full one.
    if (firstDay && day > firstDay) rests.push(restOf(buckets, day, hour, minute, measure));
  }
  if (rests.length < FEWEST_DAYS) return null;
  rests.sort((a, b) => a - b);
  const spent = soFar(buckets, today, measure);
  const [low, middle, high] = [0.25, 0.5, 0.75].map((part) => spent + quantile(rests, part));
  return high > spent ? { spent, low, middle, high } : null;
}
