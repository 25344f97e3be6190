// The list of keys.
import { html, useRef, useSignal } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { access } from "../lib/access.js";
import { useKeys } from "../lib/use-keys.js";
import { language } from "../lib/prefs.js";
import { DialogHead } from "./dialog-head.js";

const KEYS = [
  ["R", "keyRefresh"],
  ["/", "keyFilter"],
  ["j k", "keyWalk"],
  ["Enter", "keyOpen"],
  ["Esc", "keyEsc"],
  ["/", "keyFind"],
  ["n p", "keyHits"],
  ["f", "keyList"],
  ["g o, g u, g s", "keyPages"],
  ["?", "keyHelp"],
];
/** Only where something may be done. */
const KEYS_OF_CONTROL = [
  ["x", "keyPick"],
  ["g a", "keyAudit"],
];

export function KeysDialog() {
  useSignal(language);
  const { control } = useSignal(access);
  const dialog = useRef(null);
  useKeys({ "?": () => dialog.current?.showModal() });
  const line = ([key, word]) => html`<div key=${key}>
    <dt><kbd class="fd-kbd">${key}</kbd></dt>
    <dd>${t(word)}</dd>
  </div>`;
  return html`<dialog class="fd-dialog" ref=${dialog} aria-labelledby="keys-name">
    <div>
      <${DialogHead} id="keys-name" close=${() => dialog.current.close()}>${t("keys")}<//>
      <dl>
        ${(control === "off" ? KEYS : [...KEYS, ...KEYS_OF_CONTROL]).map(line)}
      </dl>
    </div>
  </dialog>`;
}
