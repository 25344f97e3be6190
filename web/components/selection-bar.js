// What is selected in the table: how many, what can be done to them, and a way out.
import { html, useSignal } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { OF_MANY, targetOf } from "../lib/actions.js";
import { exact } from "../lib/format.js";
import { useKeys } from "../lib/use-keys.js";
import { clear, selected } from "../lib/selection.js";
import { ActButton, SignIn } from "./act-button.js";

export function SelectionBar({ all }) {
  const ids = useSignal(selected);
  const rows = ids.size === 0 ? [] : all.filter((row) => ids.has(row.id));
  const isShown = rows.length > 0;
  useKeys(isShown ? { Escape: clear } : {}, [isShown]);
  if (!isShown) return null;
  const running = rows.filter((row) => row.isRunning);
  const button = (action) => {
    const those = action === "stop" ? running : rows;
    if (those.length === 0) return null;
    return html`<${ActButton} key=${action} action=${action} targets=${() => those.map(targetOf)} isSmall />`;
  };
  return html`<div class="fd-selbar" role="toolbar" aria-label=${t("selection")}>
    <b role="status">${t("selectedCount", { n: exact(rows.length) })}</b>
    <${SignIn} />
    <div class="fd-selbar__acts">${OF_MANY.map(button)}</div>
    <button type="button" class="fd-btn fd-btn--sm fd-btn--ghost fd-push" onClick=${clear}>${t("clearSelection")}</button>
  </div>`;
}
