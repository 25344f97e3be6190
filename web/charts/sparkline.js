// A small trend without axes; its words stand beside it.
import { html } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { lastY, path } from "./series.js";

export function Sparkline({ values }) {
  if (!values || values.length < 2) return html`<span class="fd-spark"></span>`;
  return html`<svg class="fd-spark" viewBox="0 0 96 28" role="img" aria-label=${t("trend24")}>
    <path d=${path(values, 96, 26)} transform="translate(0 1)" />
    <circle cx="96" cy=${lastY(values, 26) + 1} r="2" />
  </svg>`;
}
