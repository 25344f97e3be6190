// Words in the language chosen: `t("queueCount", { r: 6, w: 2 })`.
import en from "./words-en.js";
import ko from "./words-ko.js";
import panelsEn from "./words-panels-en.js";
import panelsKo from "./words-panels-ko.js";
import sessionEn from "./words-session-en.js";
import sessionKo from "./words-session-ko.js";
import { language } from "./prefs.js";

/** All words of both languages: each part of the page brings its own. */
export const WORDS = {
  en: { ...en, ...panelsEn, ...sessionEn },
  ko: { ...ko, ...panelsKo, ...sessionKo },
};

const written = (value) => (typeof value === "number" ? value.toLocaleString("en-US") : value);

/** The words for a key; a list is chosen from by `n`. An unknown key is shown as it is. */
export function translate(code, key, values = {}) {
  const entry = WORDS[code]?.[key] ?? WORDS.en[key] ?? key;
  const text = Array.isArray(entry) ? entry[values.n === 1 ? 0 : 1] : entry;
  return text.replace(/\{(\w+)\}/g, (whole, name) => written(values[name]) ?? whole);
}

export const t = (key, values) => translate(language.value, key, values);
