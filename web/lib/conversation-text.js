// A text in pieces: what is found in it, what was masked, what turns directions. Pure.

/** Controls that turn the direction of what follows them: shown by their number, so that they turn nothing. */
const TURNING = "[\\u202a-\\u202e\\u2066-\\u2069]";
const MASKED = "\\[masked:([a-z0-9-]+)\\]";

const escaped = (text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

function patternOf(query) {
  const found = query ? `|(${escaped(query)})` : "";
  try {
    return new RegExp(`${MASKED}|(${TURNING})${found}`, "giu");
  } catch {
    return new RegExp(`${MASKED}|(${TURNING})`, "giu");
  }
}

const numberOf = (control) => `U+${control.codePointAt(0).toString(16).toUpperCase()}`;

/** `{ text }`, `{ hit }`, `{ masked: rule }` or `{ control: "U+202E" }`, in order. */
export function pieces(text, query = "") {
  const list = [];
  let from = 0;
  for (const match of text.matchAll(patternOf(query))) {
    if (match.index > from) list.push({ text: text.slice(from, match.index) });
    const [whole, rule, control] = match;
    if (rule) list.push({ masked: rule });
    else if (control) list.push({ control: numberOf(control) });
    else list.push({ hit: whole });
    from = match.index + whole.length;
  }
  if (from < text.length) list.push({ text: text.slice(from) });
  return list;
}

export const has = (text, query) => Boolean(query) && (text ?? "").toLowerCase().includes(query.toLowerCase());

/** One line for a head: no controls, no breaks, not longer than it is of use. */
export function line(text, longest = 300) {
  return String(text ?? "")
    .slice(0, longest * 2)
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, "")
    .slice(0, longest);
}
