// What this browser remembers: language and theme. Nothing else is kept.
import { signal } from "./html.js";

const read = (name) => {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
};
const write = (name, value) => {
  try {
    localStorage.setItem(name, value);
  } catch {
    /* A private window keeps nothing. */
  }
};

const wanted = (navigator.languages ?? [navigator.language]).find((one) => /^(ko|en)\b/.test(one));
export const language = signal(read("fd.language") ?? (wanted?.startsWith("ko") ? "ko" : "en"));
export const theme = signal(read("fd.theme"));

export function setLanguage(value) {
  language.value = value;
  write("fd.language", value);
}

/** Dark and light; the first switch turns away from what the system wants. */
export function switchTheme() {
  const dark = theme.value ? theme.value === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  theme.value = dark ? "light" : "dark";
  write("fd.theme", theme.value);
}
