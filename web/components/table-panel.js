// A panel with a table that may be wider than the page: it scrolls by itself, also from the keyboard.
import { html } from "../lib/html.js";

/** `holdsFirst`: the first column stays where the others scroll; `look`: a class of the table. */
export function TablePanel({ name, holdsFirst = false, look = "", children }) {
  return html`<section class="fd-panel" aria-label=${name}>
    <div class="fd-panel__head"><h2>${name}</h2></div>
    <div class="fd-wide" tabindex="0" role="group" aria-label=${name}>
      <table role="table" class=${holdsFirst ? "fd-plain fd-plain--held" : `fd-plain ${look}`}>
        ${children}
      </table>
    </div>
  </section>`;
}
