// Where the tokens of the range went: new input, output, and what the cache held.
import { html } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { exact, tokens } from "../lib/format.js";
import { share, tokensOf } from "../lib/usage-figures.js";
import { span } from "../lib/usage-view.js";
import { SplitBar } from "./tag.js";

const KINDS = [
  ["input", "inputTokens"],
  ["output", "outputTokens"],
  ["cr", "cacheReadTokens"],
  ["cw", "cacheWriteTokens"],
];

export function UsageTokens({ data }) {
  const { totals } = data.chart;
  const all = tokensOf(totals);
  const line = ([kind, field]) => html`<div key=${kind}>
    <dt class=${`fd-key fd-key--${kind}`}><span>${t(`uTokens_${kind}`)}</span></dt>
    <dd title=${exact(totals[field])}>${tokens(totals[field])}</dd>
    <dd class="fd-mute">${share(totals[field], all)}</dd>
  </div>`;
  return html`<section class="fd-panel" aria-label=${t("uTokensTitle")}>
    <div class="fd-panel__head">
      <h2>${t("uTokensTitle")}</h2>
      <span class="fd-push"></span>
      <p title=${exact(all)}>${t("uTokensNote", { n: tokens(all), days: span(data.choice) })}</p>
    </div>
    <div class="fd-split4">
      <${SplitBar} parts=${KINDS.map(([kind, field]) => [kind, totals[field]])} />
      <dl>
        ${KINDS.map(line)}
      </dl>
    </div>
  </section>`;
}
