// A text of a message: Markdown, or as it is written; drawn once for each text, query and language.
import { html, memo, useLayoutEffect, useRef } from "../../lib/html.js";
import { codeNodes, plainNodes, richNodes } from "../../lib/conversation-nodes.js";

function useNodes(draw, changes) {
  const box = useRef(null);
  useLayoutEffect(() => box.current.replaceChildren(draw()), changes);
  return box;
}

export const RichText = memo(({ text, query, language }) => {
  const box = useNodes(() => richNodes(text, query), [text, query, language]);
  return html`<div class="fd-md" ref=${box}></div>`;
});

/** What a provider, a person or a program said, with its own line breaks. */
export const PlainText = memo(({ text, query, language }) => {
  const box = useNodes(() => plainNodes(text, query), [text, query, language]);
  return html`<p class="fd-plaintext" dir="auto" ref=${box}></p>`;
});

/** What goes into a tool and what comes out of it. */
export const CodeText = memo(({ text, query, language }) => {
  const box = useNodes(() => codeNodes(text, query), [text, query, language]);
  return html`<div class="fd-codebox" ref=${box}></div>`;
});
