// Markdown of a transcript as nodes. Markup in it is text: the parser knows no HTML, and what it writes is
// cleaned again, by a short list of what is allowed, before it becomes nodes.
import { Marked } from "../vendor/marked-18.2.1.js";
import DOMPurify from "../vendor/dompurify-3.5.0.js";

/** Longer texts are shown as they are written: nobody waits for the parser. */
export const LONGEST = 50_000;
/** So much is looked through for the ends of emphasis before the text is given up as one that would take seconds. */
const MOST_LOOKED = 3_000_000;

const SAFE = /^(?:https?:\/\/|mailto:)/i;
const TAGS = "p br hr h3 strong em del code pre blockquote ul ol li table thead tbody tr th td a".split(" ");
const CLEANING = {
  ALLOWED_TAGS: TAGS,
  ALLOWED_ATTR: ["href", "start", "align"],
  ALLOWED_URI_REGEXP: SAFE,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
};

const escaped = (text) =>
  text.replace(/[&<>"']/g, (mark) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[mark]);

export const isSafeLink = (href) => SAFE.test(String(href ?? "")) && URL.canParse(href);

/** Where a picture would be loaded from somebody, there is a link to it instead. */
function image({ href, text }) {
  const words = escaped(text || href.slice(0, 100));
  return isSafeLink(href) ? `<a href="${escaped(href)}">${words}</a>` : words;
}

let looked = 0;
const parser = new Marked({
  gfm: true,
  breaks: true,
  tokenizer: {
    // No token: the parser takes what looks like HTML for text.
    html: () => undefined,
    tag: () => undefined,
    emStrong(source) {
      if (/^[*_]/.test(source)) looked += source.length;
      if (looked > MOST_LOOKED) throw new Error("too much emphasis");
      return false;
    },
  },
  renderer: {
    image,
    html: ({ text }) => escaped(text),
    heading({ tokens }) {
      return `<h3>${this.parser.parseInline(tokens)}</h3>`;
    },
    code: ({ text }) => `<pre><code>${escaped(text)}</code></pre>`,
    checkbox: ({ checked }) => (checked ? "☑ " : "☐ "),
    link({ href, tokens }) {
      const words = this.parser.parseInline(tokens);
      return isSafeLink(href) ? `<a href="${escaped(href)}">${words}</a>` : words;
    },
  },
});

/** Whether a text is drawn as Markdown, or as it is written. */
export const isMarkdown = (text) => text.length <= LONGEST;

/** HTML of a text; it is not to be trusted before it is cleaned. Throws where the parser would take too long. */
export function toHtml(text) {
  looked = 0;
  return parser.parse(text);
}

/** The text as clean nodes; null where it cannot be read as Markdown. */
export function toNodes(text) {
  if (!isMarkdown(text)) return null;
  try {
    return DOMPurify.sanitize(toHtml(text), CLEANING);
  } catch {
    // Nested too deeply for the parser, or too much emphasis.
    return null;
  }
}
