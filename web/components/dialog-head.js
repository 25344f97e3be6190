// The head of a dialog: its name and the button that closes it.
import { html } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { Icon } from "./icon.js";

export function DialogHead({ id, close, children }) {
  return html`<header>
    <h2 id=${id}>${children}</h2>
    <button
      type="button"
      class="fd-btn fd-btn--icon fd-btn--ghost"
      aria-label=${t("close")}
      title=${t("close")}
      onClick=${close}
    >
      <${Icon} name="x-lg" />
    </button>
  </header>`;
}
