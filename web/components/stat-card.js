// One figure: what it is of, how it moved in 24 hours, what it is made of. The card leads to its rows.
import { html } from "../lib/html.js";
import { Sparkline } from "../charts/sparkline.js";
import { Icon } from "./icon.js";
import { SplitBar } from "./tag.js";

/** `of` says what the figure is of, `note` what it leaves out. */
export function StatCard({ icon, name, note, value, of, trend, parts, href, title, children }) {
  return html`<a class="fd-stat" href=${href} title=${title}>
    <span class="fd-stat__l">
      <${Icon} name=${icon} />${name}${note && html`<span class="fd-mute">${note}</span>`}
    </span>
    <span class="fd-stat__v">${value}<small>${of}</small></span>
    <${Sparkline} values=${trend} />
    <span class="fd-stat__x">
      <${SplitBar} parts=${parts} />
      <span class="fd-stat__p">${children}</span>
    </span>
  </a>`;
}
