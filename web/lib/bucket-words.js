// What a step of time is called: short on an axis, in full in a table. Pure.
import { dayName, monthAndYear, monthName, spanName } from "./days.js";
import { endDay } from "./usage-range.js";

const clock = (time) => time.slice(11, 16);

/** On the axis: hours by the clock, and by the day at midnight; months by name, and by year in January. */
export function axisWord({ start }, bucket, language) {
  const day = start.slice(0, 10);
  if (bucket === "hour") return clock(start) === "00:00" ? dayName(day, language) : clock(start);
  if (bucket !== "month") return dayName(day, language);
  return day.slice(5, 7) === "01" ? day.slice(0, 4) : monthName(day, language);
}

/** In a table and a tip: every step says which day it is of. */
export function fullWord(one, bucket, language, today) {
  const day = one.start.slice(0, 10);
  if (bucket === "hour") return `${dayName(day, language, today)} ${clock(one.start)}`;
  if (bucket === "day") return dayName(day, language, today);
  if (bucket === "month") return monthAndYear(day, language);
  return spanName(day, endDay(one), language, today);
}
