// How the usage ledger is, where it is not well.
import { html, useSignal } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { fromServer } from "../lib/server-words.js";
import { isScanning } from "../lib/store.js";
import { Icon } from "./icon.js";

const LOOKS = {
  "catching-up": ["info", "hourglass-split"],
  rebuilt: ["info", "info-circle"],
  memory: ["info", "info-circle"],
  failing: ["stale", "exclamation-triangle-fill"],
};

export function LedgerBanner({ ledger }) {
  // While the sources are read for the first time, the bar above it says so with its progress.
  const isSaid = useSignal(isScanning) && ledger?.status === "catching-up";
  if (!ledger || ledger.status === "ok" || isSaid) return null;
  const [look, icon] = LOOKS[ledger.status] ?? LOOKS.failing;
  return html`<div class=${`fd-banner fd-banner--${look}`} role="status">
    <${Icon} name=${icon} /><span><b>${t(`uLedger_${ledger.status}`)}</b> <bdi>${fromServer(ledger.detail)}</bdi></span>
  </div>`;
}
