// An icon of the sprite. Always beside a word, or inside a control that has a name.
import { html } from "../lib/html.js";
import { iconId } from "../lib/sprite.js";

export const Icon = ({ name, extra = "" }) =>
  html`<svg class=${`fd-i ${extra}`} aria-hidden="true"><use href=${`#${iconId(name)}`} /></svg>`;
