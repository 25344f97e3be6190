// A row's own actions: Stop where something runs, the rest in a menu; and the box that selects it.
import { html, signal, useEffect, useRef, useSignal } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { actionsOf, ask, ICONS, targetOf } from "../lib/actions.js";
import { access } from "../lib/access.js";
import { language } from "../lib/prefs.js";
import { nameOf } from "../lib/status.js";
import { ActButton, SignIn } from "./act-button.js";
import { Icon } from "./icon.js";

/** The row whose menu is open, and the button it hangs from. */
const menu = signal(null);
const LONGEST_NAME = 300;

export function Pick({ isPicked, name, onPick }) {
  return html`<td role="cell" class="c-pick" onClick=${(event) => event.stopPropagation()}>
    <label>
      <input type="checkbox" checked=${isPicked} aria-label=${t("pick", { name })} onClick=${onPick} />
    </label>
  </td>`;
}

export function RowActions({ row }) {
  const name = nameOf(row).slice(0, LONGEST_NAME);
  const open = (event) => {
    event.stopPropagation();
    menu.value = { row, button: event.currentTarget };
  };
  return html`<td role="cell" class="c-acts">
    <div>
      ${row.isRunning && html`<${ActButton} action="stop" targets=${() => [targetOf(row)]} name=${name} hasWord=${false} />`}
      <button
        type="button"
        class="fd-btn fd-btn--icon fd-btn--ghost"
        aria-haspopup="menu"
        aria-label=${t("actionsFor", { name })}
        title=${t("actionsFor", { name })}
        onClick=${open}
      >
        <${Icon} name="three-dots" />
      </button>
    </div>
  </td>`;
}

/** Up and down walk a menu. */
function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const all = [...event.currentTarget.querySelectorAll("button")];
  all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
}

/** One menu for all rows; it stays while the rows under it change. */
export function RowMenu() {
  const open = useSignal(menu);
  const { control } = useSignal(access);
  useSignal(language);
  const box = useRef(null);
  useEffect(() => {
    if (!open) return;
    const { bottom, top, right } = open.button.getBoundingClientRect();
    box.current.showPopover();
    const { offsetHeight, offsetWidth, style } = box.current;
    const y = bottom + offsetHeight + 8 > innerHeight ? top - offsetHeight - 4 : bottom + 4;
    style.top = `${Math.max(4, y)}px`;
    style.left = `${Math.max(4, right - offsetWidth)}px`;
    box.current.querySelector("button, a")?.focus();
  }, [open]);
  const closed = (event) => {
    if (event.newState !== "closed" || !menu.value) return;
    if (box.current.contains(document.activeElement)) menu.value.button.focus();
    menu.value = null;
  };
  const item = (action) => {
    const press = () => {
      const { row } = menu.value;
      box.current.hidePopover();
      ask(action, [targetOf(row)]);
    };
    return html`<button
      key=${action}
      type="button"
      role="menuitem"
      class=${action === "delete" ? "is-danger" : ""}
      onClick=${press}
    >
      <${Icon} name=${ICONS[action]} />${t(`act_${action}`)}…
    </button>`;
  };
  return html`<div class="fd-menu" ref=${box} popover="auto" role="menu" onToggle=${closed} onKeyDown=${walk}>
    ${open && (control === "signIn" ? html`<${SignIn} />` : actionsOf(open.row).map(item))}
  </div>`;
}
