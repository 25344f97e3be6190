// An icon of the sprite. Always beside a word, or inside a control that has a name.
import { html } from "../lib/html.js";

export const Icon = ({ name, extra = "" }) =>
  html`<svg class=${`fd-i ${extra}`} aria-hidden="true"><use href=${`icons.svg#${name}`} /></svg>`;
