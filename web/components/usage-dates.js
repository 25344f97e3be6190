// The days that are shown, and a small form for other ones.
import { html, useEffect, useRef, useState } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { pickDays, span } from "../lib/usage-view.js";
import { Icon } from "./icon.js";

function Field({ name, word, value, most }) {
  return html`<label>
    <span>${word}</span>
    <span class="fd-input"><input type="date" name=${name} required max=${most} value=${value} /></span>
  </label>`;
}

function Form({ choice, close }) {
  const form = useRef(null);
  useEffect(() => form.current.elements.from.focus(), []);
  const send = (event) => {
    event.preventDefault();
    const { from, to } = event.target.elements;
    pickDays(...[from.value, to.value].sort());
    close();
  };
  return html`<form class="fd-dates__form" ref=${form} aria-label=${t("uDates")} onSubmit=${send}>
    <${Field} name="from" word=${t("uFrom")} value=${choice.from} most=${choice.today} />
    <${Field} name="to" word=${t("uTo")} value=${choice.to} most=${choice.today} />
    <div>
      <button type="button" class="fd-btn fd-btn--ghost" onClick=${close}>${t("uCancel")}</button>
      <button type="submit" class="fd-btn fd-btn--ink">${t("uShow")}</button>
    </div>
  </form>`;
}

export function UsageDates({ choice }) {
  const box = useRef(null);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    if (!isOpen) return undefined;
    const away = (event) => {
      if (!box.current.contains(event.target)) setOpen(false);
    };
    addEventListener("pointerdown", away);
    return () => removeEventListener("pointerdown", away);
  }, [isOpen]);
  const close = () => {
    setOpen(false);
    box.current.querySelector("button").focus();
  };
  const leave = (event) => {
    if (event.key !== "Escape" || !isOpen) return;
    event.stopPropagation();
    close();
  };
  return html`<div class="fd-dates" ref=${box} onKeyDown=${leave}>
    <button
      type="button"
      class=${choice.range === "dates" ? "fd-btn is-on" : "fd-btn"}
      aria-expanded=${isOpen}
      title=${t("uDates")}
      onClick=${() => setOpen(!isOpen)}
    >
      <${Icon} name="calendar3" /><span class="fd-sr">${t("uDates")}:</span> ${span(choice)}
    </button>
    ${isOpen && html`<${Form} choice=${choice} close=${close} />`}
  </div>`;
}
