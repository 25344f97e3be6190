// A button with a menu under it; the arrow keys walk it, Escape and a click elsewhere close it.
import { html, useRef } from "../../lib/html.js";
import { Icon } from "../icon.js";

function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const all = [...event.currentTarget.querySelectorAll("[role=menuitem]")];
  all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
}

/** Under the button, and within the window. */
function place(box, button) {
  const { bottom, top, right } = button.getBoundingClientRect();
  const y = bottom + box.offsetHeight + 8 > innerHeight ? top - box.offsetHeight - 4 : bottom + 4;
  box.style.top = `${Math.max(4, y)}px`;
  box.style.left = `${Math.max(4, right - box.offsetWidth)}px`;
}

/** `word`: what the button says; without one `name` names it. `children(close)` are the items. */
export function Menu({ icon, name, word, look = "fd-btn", children }) {
  const box = useRef(null);
  const button = useRef(null);
  const close = () => box.current.hidePopover();
  const open = () => {
    if (box.current.matches(":popover-open")) return void close();
    box.current.showPopover();
    place(box.current, button.current);
    box.current.querySelector("[role=menuitem]")?.focus();
  };
  const toggled = (event) => {
    button.current.setAttribute("aria-expanded", String(event.newState === "open"));
    if (event.newState === "closed" && box.current.contains(document.activeElement)) button.current.focus();
  };
  return html`<button
      ref=${button}
      type="button"
      class=${look}
      aria-haspopup="menu"
      aria-expanded="false"
      aria-label=${word ?? name}
      title=${name}
      onClick=${open}
    >
      <${Icon} name=${icon} />${word && html`<span>${word}</span>`}
    </button>
    <div class="fd-menu" ref=${box} popover="auto" role="menu" aria-label=${name} onToggle=${toggled} onKeyDown=${walk}>
      ${children(close)}
    </div>`;
}
