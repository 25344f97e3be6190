// Texts of a conversation as nodes: Markdown or plain, with what was found marked and what was masked hatched.
import { pieces } from "./conversation-text.js";
import { t } from "./i18n.js";
import { toNodes } from "./markdown.js";
import { iconId } from "./sprite.js";

const SVG = "http://www.w3.org/2000/svg";

function element(name, look, text = "") {
  const node = document.createElement(name);
  if (look) node.className = look;
  node.textContent = text;
  return node;
}

/** The rule is in words: hatching alone tells nobody who hears the page. */
function secret(rule) {
  const node = element("span", "fd-secret", t("convMasked", { rule }));
  node.title = t("convMaskedTitle", { rule });
  return node;
}

function nodeOf({ text, hit, masked, control }) {
  if (masked) return secret(masked);
  if (control) return element("span", "fd-turn", control);
  return hit === undefined ? document.createTextNode(text) : element("mark", "", hit);
}

/** A text as it is written. */
export function plainNodes(text, query) {
  const fragment = document.createDocumentFragment();
  fragment.append(...pieces(text, query).map(nodeOf));
  return fragment;
}

function mark(fragment, query) {
  const walker = document.createTreeWalker(fragment, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  for (const node of texts) {
    const parts = pieces(node.data, query);
    if (parts.length > 1 || parts[0]?.text === undefined) node.replaceWith(...parts.map(nodeOf));
  }
}

function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "fd-i");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#${iconId(name)}`);
  svg.append(use);
  return svg;
}

/** Copies; without a clipboard the text is selected, to be copied by hand. */
async function copy(code, button) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.replaceChildren(icon("check-circle-fill"));
    button.title = t("copied");
  } catch {
    getSelection().selectAllChildren(code);
  }
}

/** A button in the corner of a block of code. */
function withCopy(block, code) {
  const button = element("button", "fd-btn fd-btn--sm fd-btn--ghost");
  button.type = "button";
  button.title = t("copy");
  button.setAttribute("aria-label", t("convCopyCode"));
  button.append(icon("copy"));
  button.addEventListener("click", () => copy(code, button));
  const box = element("div", "fd-code");
  box.append(block, button);
  return box;
}

function dress(fragment) {
  for (const link of fragment.querySelectorAll("a")) {
    if (!link.hasAttribute("href")) {
      link.replaceWith(...link.childNodes);
      continue;
    }
    link.className = "fd-link";
    link.target = "_blank";
    link.rel = "noopener noreferrer";
  }
  for (const block of fragment.querySelectorAll("p, h3, li, td, th, blockquote")) block.dir = "auto";
  for (const block of fragment.querySelectorAll("pre")) {
    const place = document.createComment("");
    block.replaceWith(place);
    place.replaceWith(withCopy(block, block.firstElementChild ?? block));
  }
  // A table may be wider than the page: it scrolls by itself, also from the keyboard.
  for (const table of fragment.querySelectorAll("table")) {
    const box = element("div", "fd-md__wide");
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", t("convTable"));
    table.replaceWith(box);
    box.append(table);
  }
}

/** Markdown as nodes; as it is written where it is too long, or cannot be read. */
export function richNodes(text, query) {
  const fragment = toNodes(text);
  if (!fragment) {
    const plain = document.createDocumentFragment();
    const block = element("p", "fd-plaintext");
    block.dir = "auto";
    block.append(plainNodes(text, query));
    plain.append(block);
    return plain;
  }
  mark(fragment, query);
  dress(fragment);
  return fragment;
}

/** What goes into a tool or comes out of it, as it is written. */
export function codeNodes(text, query) {
  const [block, code] = [element("pre"), element("code")];
  code.append(plainNodes(text, query));
  block.append(code);
  return withCopy(block, code);
}
