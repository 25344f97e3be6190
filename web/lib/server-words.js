// What the server says, in the language chosen. The API speaks English; what is not known is shown as it came.
import { language } from "./prefs.js";
import ko from "./server-words-ko.js";

const HOLE = /\{(\w+)\}/;

/** A sentence cut at what is put in: the words between, and the names of what stands there. */
function cut([sentence, words]) {
  const parts = sentence.split(HOLE);
  return { texts: parts.filter((_, at) => at % 2 === 0), names: parts.filter((_, at) => at % 2 === 1), words };
}

/** What was put into a sentence; nothing where it is another sentence. Takes each text where it first stands. */
function putIn(said, { texts, names }) {
  const last = texts.length - 1;
  if (!said.startsWith(texts[0])) return null;
  if (last === 0) return said === texts[0] ? {} : null;
  const values = {};
  let at = texts[0].length;
  for (let number = 1; number <= last; number += 1) {
    const end = number === last ? said.length - texts[last].length : said.indexOf(texts[number], at);
    if (end < at || !said.startsWith(texts[number], end)) return null;
    values[names[number - 1]] = said.slice(at, end);
    at = end + texts[number].length;
  }
  return values;
}

/** What is put in may hold a sentence, and that another; deeper than this nothing is looked for. */
const DEEPEST = 4;

function translated(said, list, depth) {
  if (depth > DEEPEST) return said;
  for (const entry of list) {
    const values = putIn(said, entry);
    if (values) {
      return entry.words.replace(/\{(\w+)\}/g, (_, name) => translated(values[name], list, depth + 1));
    }
  }
  return said;
}

const LISTS = { ko: ko.map(cut) };

/** The server's words in a language. */
export const inLanguage = (code, said) => (LISTS[code] ? translated(String(said), LISTS[code], 0) : String(said));

/** The server's words in the language chosen. */
export const fromServer = (said) => inLanguage(language.value, said);
