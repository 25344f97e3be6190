// Days in weeks from Monday to Sunday, each with its figures or the reason why it has none. Pure.
import { addDays, mondayOf } from "../lib/days.js";

/**
 * One entry per week: `monday` and seven days `{day, state, figures}`. `state` is "before" where nothing
 * was recorded yet, "after" where the day has not come, else "day".
 */
export function weeks(buckets, firstDay, today) {
  if (buckets.length === 0) return [];
  const figures = new Map(buckets.map((bucket) => [bucket.start.slice(0, 10), bucket.totals]));
  const list = [];
  for (let monday = mondayOf(buckets[0].start.slice(0, 10)); monday <= today; monday = addDays(monday, 7)) {
    const days = [0, 1, 2, 3, 4, 5, 6].map((number) => {
      const day = addDays(monday, number);
      const state = day > today ? "after" : !firstDay || day < firstDay || !figures.has(day) ? "before" : "day";
      return { day, state, figures: state === "day" ? figures.get(day) : null };
    });
    list.push({ monday, days });
  }
  return list;
}

/** The weeks in which a month begins, so that its name stands above its first column. */
export function monthStarts(list) {
  return list.flatMap(({ days }, place) => {
    const first = days.find(({ day }) => day.endsWith("-01"));
    return first ? [{ place, day: first.day }] : [];
  });
}
