// The one question before something is done to sessions, and what became of it.
import { html, useEffect, useRef, useSignal, useState } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { ICONS, asking, perform } from "../lib/actions.js";
import { exact } from "../lib/format.js";
import { language } from "../lib/prefs.js";
import { doAll } from "../lib/many.js";
import { AskText } from "./ask-text.js";
import { DialogHead } from "./dialog-head.js";
import { Icon } from "./icon.js";
import { Outcomes, tally } from "./outcome.js";

const LOOKS = { stop: "fd-btn--solid-stop", cancel: "fd-btn--solid-stop", delete: "fd-btn--solid-danger" };

/** Nobody types more of a name than this, nor the characters in it that cannot be seen. */
const TYPED = 40;
const typeable = (text) =>
  text
    .replace(/[\p{Cc}\p{Cf}]/gu, "")
    .replace(/\s+/g, " ")
    .trim();

/** What must be typed before something is deleted: the name of one (of a long one its beginning), the count of several. */
function proofOf(action, targets) {
  if (action !== "delete") return null;
  if (targets.length > 1) return exact(targets.length);
  const [{ name, id }] = targets;
  return [...typeable(name)].slice(0, TYPED).join("").trim() || typeable(id).slice(-TYPED);
}

/** A count may be typed with its commas or without. */
function isTyped(typed, proof, targets) {
  const plain = (text) => (targets.length > 1 ? text.replaceAll(",", "") : text);
  return plain(typeable(typed)) === plain(proof);
}

/** `Stop`, `Stop 3`. */
const wordFor = (action, { length }) =>
  length === 1 ? t(`act_${action}`) : t("actMany", { act: t(`act_${action}`), n: length });

function Proof({ proof, targets, value, onInput }) {
  const isCut = typeable(targets[0].name).startsWith(proof) && typeable(targets[0].name) !== proof;
  const words = targets.length > 1 ? t("typeCount") : t(isCut ? "typeStart" : "typeName");
  return html`<label class="fd-ask__field">
    <span>${words} <b><bdi>${proof}</bdi></b></span>
    <span class="fd-input"><input value=${value} autofocus autocomplete="off" spellcheck="false" onInput=${onInput} /></span>
  </label>`;
}

function Message({ value, onInput }) {
  return html`<label class="fd-ask__field">
    <span>${t("message")}</span>
    <span class="fd-input fd-input--area"><textarea rows="4" autofocus value=${value} onInput=${onInput}></textarea></span>
  </label>`;
}

function Question({ action, targets, onCancel, onGo }) {
  const [typed, setTyped] = useState("");
  const proof = proofOf(action, targets);
  const isReady = action === "send" ? typed.trim() !== "" : proof === null || isTyped(typed, proof, targets);
  const onInput = (event) => setTyped(event.target.value);
  const submit = (event) => {
    event.preventDefault();
    if (isReady) onGo(action === "send" ? typed : undefined);
  };
  const word = wordFor(action, targets);
  return html`<form onSubmit=${submit}>
    <${AskText} action=${action} targets=${targets} />
    ${proof !== null && html`<${Proof} proof=${proof} targets=${targets} value=${typed} onInput=${onInput} />`}
    ${action === "send" && html`<${Message} value=${typed} onInput=${onInput} />`}
    <footer>
      <button type="button" class="fd-btn" autofocus=${proof === null && action !== "send"} onClick=${onCancel}>${t("keepAsIs")}</button>
      <button type="submit" class=${`fd-btn ${LOOKS[action] ?? "fd-btn--ink"}`} disabled=${!isReady}>
        <${Icon} name=${ICONS[action]} />${word}
      </button>
    </footer>
  </form>`;
}

function Work({ action, targets, message, onClose }) {
  const [results, set] = useState({});
  const [isBusy, setBusy] = useState(true);
  const close = useRef(null);
  const run = async () => {
    setBusy(true);
    await doAll(targets, results, (target, key) => perform(action, target, { message, key }), set);
    setBusy(false);
  };
  useEffect(() => {
    run();
  }, []);
  // The button that was pressed is gone: its place is taken by the one that ends it.
  useEffect(() => close.current?.focus(), [isBusy]);
  const done = Object.values(results).filter(({ outcome }) => outcome !== null).length;
  const canRetry = !isBusy && Object.values(results).some(({ again }) => again);
  return html`<div class="fd-ask__work" aria-busy=${isBusy}>
    <${Outcomes} targets=${targets} results=${results} action=${action} />
    <footer>
      ${targets.length > 1 && html`<span class="fd-mute" role="status">${isBusy ? t("doneOf", { n: exact(done), m: exact(targets.length) }) : tally(results)}</span>`}
      ${canRetry && html`<button type="button" class="fd-btn" onClick=${run}><${Icon} name="arrow-clockwise" />${t("askAgain")}</button>`}
      <button type="button" class="fd-btn fd-btn--ink" ref=${close} aria-disabled=${isBusy} onClick=${() => !isBusy && onClose()}>
        ${isBusy ? t(`busy_${action}`) : t("close")}
      </button>
    </footer>
  </div>`;
}

export function AskDialog() {
  const wanted = useSignal(asking);
  useSignal(language);
  const dialog = useRef(null);
  const [going, go] = useState(null);
  useEffect(() => {
    go(null);
    if (wanted && !dialog.current.open) dialog.current.showModal();
  }, [wanted]);
  const close = () => dialog.current.close();
  const ended = () => {
    asking.value = null;
  };
  const isGoing = going !== null && going.of === wanted;
  const question = () => t(`ask_${wanted.action}`, { n: wanted.targets.length });
  const name = wanted && (isGoing ? wordFor(wanted.action, wanted.targets) : question());
  return html`<dialog class="fd-dialog fd-ask" ref=${dialog} aria-labelledby="ask-name" onClose=${ended}>
    ${
      wanted &&
      html`<div>
        <${DialogHead} id="ask-name" close=${close}>${name}<//>
        ${
          isGoing
            ? html`<${Work} ...${wanted} message=${going.message} onClose=${close} />`
            : html`<${Question} ...${wanted} onCancel=${close} onGo=${(message) => go({ of: wanted, message })} />`
        }
      </div>`
    }
  </dialog>`;
}
