// Numbers, money, ages and durations as text. Pure: the language comes in as a parameter.
const UNITS = ["", "k", "M", "B"];

const isUnknown = (value) => value === null || value === undefined || Number.isNaN(value);

/** Tokens: exact below 1,000; then k, M, B with one decimal below 100 of the unit. */
export function tokens(count) {
  if (isUnknown(count)) return "—";
  let scaled = count;
  let unit = 0;
  // 999,500 would round to 1000k: it belongs to the next unit.
  while (scaled >= 999.5 && unit < UNITS.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && scaled < 99.95 ? 1 : 0;
  return `${scaled.toFixed(digits)}${UNITS[unit]}`;
}

export const exact = (count) => (count ?? 0).toLocaleString("en-US");

/** Money: two decimals; above zero and below a cent says so; unknown is a dash. */
export function money(dollars) {
  if (isUnknown(dollars)) return "—";
  if (dollars > 0 && dollars < 0.01) return "<$0.01";
  return `$${dollars.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

/** Money without rounding, for tooltips and details. */
export function exactMoney(dollars) {
  if (isUnknown(dollars)) return "—";
  return `$${dollars.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 9 })}`;
}

function unitOf(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return [seconds, "s", "초"];
  if (seconds < 3600) return [Math.floor(seconds / 60), "m", "분"];
  if (seconds < 86400) return [Math.floor(seconds / 3600), "h", "시간"];
  return [Math.floor(seconds / 86400), "d", "일"];
}

/** `5s ago`, `5초 전`: one unit, rounded down. */
export function ago(ms, language) {
  const [count, short, korean] = unitOf(ms);
  return language === "ko" ? `${count}${korean} 전` : `${count}${short} ago`;
}

/** `5s`, `5초`. */
export function span(ms, language) {
  const [count, short, korean] = unitOf(ms);
  return language === "ko" ? `${count}${korean}` : `${count}${short}`;
}

/** A duration that runs: `0:38`, `41:12`, `2:05:10`. */
export function running(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (n) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export const percent = (value) => (isUnknown(value) ? "—" : `${Math.round(value)}%`);

/** `15:16:21` in the viewer's zone. */
export function clock(ms) {
  return new Date(ms).toLocaleTimeString("en-GB", { hour12: false });
}
