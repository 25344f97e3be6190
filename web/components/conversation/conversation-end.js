// How the conversation stands at its end: it works, it is stuck, or its last run failed without a message.
import { html, useSignal } from "../../lib/html.js";
import { t } from "../../lib/i18n.js";
import { targetOf } from "../../lib/actions.js";
import { clock, span } from "../../lib/format.js";
import { language } from "../../lib/prefs.js";
import { limits, serverNow } from "../../lib/store.js";
import { ActButton } from "../act-button.js";
import { Icon } from "../icon.js";

function Stuck({ row }) {
  const minutes = Math.round(useSignal(limits).stuckMs / 60_000);
  return html`<div class="fd-mark fd-mark--stuck" role="status">
    <p><${Icon} name="exclamation-triangle-fill" />${t("convStuck", { time: clock(row.stuckSince), n: minutes })}</p>
    <${ActButton} action="stop" targets=${() => [targetOf(row)]} isSmall />
  </div>`;
}

/** The seconds are no news to a screen reader. */
function Works({ row }) {
  const age = span(Math.max(0, useSignal(serverNow) - row.updatedAt), language.value);
  return html`<div class="fd-mark fd-mark--works">
    <p><${Icon} name="record-circle-fill" extra="fd-breathe" />${t("convWorks", { age })}</p>
  </div>`;
}

export function ConversationEnd({ row }) {
  if (row?.isStuck) return html`<${Stuck} row=${row} />`;
  if (row?.isRunning) return html`<${Works} row=${row} />`;
  return null;
}
