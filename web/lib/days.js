// Days of a calendar as `2026-11-22`, without clocks: a day may have 23 or 25 hours. Pure.
const DAY_MS = 86_400_000;

const atNoon = (day) => Date.parse(`${day}T12:00:00Z`);
const back = (ms) => new Date(ms).toISOString().slice(0, 10);

export const browserZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";

/** The day that it is in a zone. */
export function dayOf(ms, zone) {
  const parts = { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" };
  return new Intl.DateTimeFormat("sv-SE", parts).format(ms);
}

/** Whether a text is a day that exists: not the 30th of February. */
export const isDay = (text) =>
  /^\d{4}-\d{2}-\d{2}$/.test(text ?? "") && !Number.isNaN(atNoon(text)) && back(atNoon(text)) === text;

export const addDays = (day, count) => back(atNoon(day) + count * DAY_MS);

/** How many days there are, both ends counted. */
export const countDays = (from, to) => Math.round((atNoon(to) - atNoon(from)) / DAY_MS) + 1;

/** 0 is Monday. */
export const weekday = (day) => (new Date(atNoon(day)).getUTCDay() + 6) % 7;
export const mondayOf = (day) => addDays(day, -weekday(day));
export const firstOfMonth = (day) => `${day.slice(0, 8)}01`;

const locale = (language) => (language === "ko" ? "ko-KR" : "en-GB");
const format = (day, language, parts) =>
  new Intl.DateTimeFormat(locale(language), { timeZone: "UTC", ...parts }).format(atNoon(day));

/** `24 Oct`, `10월 24일`; with the year where it is not this one. */
export function dayName(day, language, today = day) {
  const year = day.slice(0, 4) === today.slice(0, 4) ? undefined : "numeric";
  return format(day, language, { day: "numeric", month: "short", year });
}

/** `24 Oct – 22 Nov`. */
export function spanName(from, to, language, today = to) {
  if (from === to) return dayName(from, language, today);
  return `${dayName(from, language, today)} – ${dayName(to, language, today)}`;
}

export const monthName = (day, language, length = "short") => format(day, language, { month: length });
export const monthAndYear = (day, language) => format(day, language, { month: "long", year: "numeric" });
export const weekdayName = (day, language) => format(day, language, { weekday: "short" });
