// The axis of time above a waterfall: round times of the viewer's clock, as many as fit. Pure but for the zone.
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
const STEPS = [
  ...[0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500].map((n) => n * DAY),
];

/** Room that a word wants, in pixels. */
const WORD = 52;
const LONG_WORD = 84;

/** Minutes ahead of UTC at a time. */
const zoneAt = (ms) => -new Date(ms).getTimezoneOffset() * MINUTE;

/** Times between `from` and `to` that are round on the clock, and the step between them. */
export function ticks({ from, to }, width, ahead = zoneAt(from)) {
  const room = (step) => Math.max(1, Math.floor(width / (step < MINUTE ? LONG_WORD : WORD)));
  const longest = STEPS.at(-1);
  const step =
    STEPS.find((one) => (to - from) / one <= room(one)) ?? Math.ceil((to - from) / longest / room(longest)) * longest;
  const first = Math.ceil((from + ahead) / step) * step - ahead;
  const times = [];
  for (let time = first; time <= to; time += step) times.push(time);
  return { step, times };
}

/** `14:35`, with seconds where the step is shorter, a day where it is longer. */
export function tickWord(ms, step, language) {
  const locale = language === "ko" ? "ko-KR" : "en-GB";
  if (step >= DAY) return new Date(ms).toLocaleDateString(locale, { day: "numeric", month: "short" });
  const options = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  if (step < MINUTE) options.second = "2-digit";
  if (step < SECOND) options.fractionalSecondDigits = 1;
  return new Date(ms).toLocaleTimeString("en-GB", options);
}
