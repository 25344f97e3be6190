// Durations, sizes and times as a conversation says them. Pure: the language comes in as a parameter.

/** What took a time, in full: `20 ms`, `0.1s`, `48s`, `41m 12s`, `2h 5m`, `3d 4h`; `41분 12초`. */
export function took(ms, language) {
  const [d, h, m, s] = language === "ko" ? ["일", "시간", "분", "초"] : ["d", "h", "m", "s"];
  if (ms < 95) return `${Math.round(ms)} ms`;
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)}${s}`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}${s}`;
  const parts = [
    [Math.floor(seconds / 86_400), d],
    [Math.floor(seconds / 3600) % 24, h],
    [Math.floor(seconds / 60) % 60, m],
    [seconds % 60, s],
  ];
  const from = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(from, from + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join(" ");
}

/** `512 B`, `1.2 kB`, `10 MB`. */
export function size(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${value.toFixed(unit > 0 && value < 9.95 ? 1 : 0)} ${units[unit]}`;
}

const locale = (language) => (language === "ko" ? "ko-KR" : "en-GB");

export function dateTime(ms, language) {
  return ms === null || ms === undefined ? "—" : new Date(ms).toLocaleString(locale(language));
}

/** `Friday 27 November`, with the year where it is another one. */
export function day(ms, language, now = Date.now()) {
  const isThisYear = new Date(ms).getFullYear() === new Date(now).getFullYear();
  const parts = { weekday: "long", day: "numeric", month: "long", year: isThisYear ? undefined : "numeric" };
  return new Date(ms).toLocaleDateString(locale(language), parts);
}
