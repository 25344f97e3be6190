// The head of an opened session: its name, what it is, whose it is, what can be done to it.
import { html, useSignal, useState } from "../../lib/html.js";
import { t } from "../../lib/i18n.js";
import { access } from "../../lib/access.js";
import { actionsOf, ask, ICONS, targetOf } from "../../lib/actions.js";
import { line } from "../../lib/conversation-text.js";
import { serverNow } from "../../lib/store.js";
import { ActButton, SignIn } from "../act-button.js";
import { Icon } from "../icon.js";
import { Flag, Tag } from "../tag.js";
import { Menu } from "./menu.js";

/** These have a button of their own where there is room; the menu has all. */
const FIRST = ["stop", "send", "compact"];

function Actions({ row }) {
  const { control } = useSignal(access);
  if (!row || control === "off") return null;
  if (control === "signIn") return html`<${SignIn} />`;
  const all = actionsOf(row);
  const targets = () => [targetOf(row)];
  const shown = FIRST.filter((action) => all.includes(action));
  const item = (action, close) => {
    const press = () => {
      close();
      ask(action, targets());
    };
    return html`<button key=${action} type="button" role="menuitem" class=${action === "delete" ? "is-danger" : ""} onClick=${press}>
      <${Icon} name=${ICONS[action]} />${t(`act_${action}`)}…
    </button>`;
  };
  return html`${shown.map((action) => html`<${ActButton} key=${action} action=${action} targets=${targets} />`)}
    <${Menu} icon="three-dots" name=${t("sesMore")} look="fd-btn fd-btn--icon">
      ${(close) => all.map((action) => item(action, close))}
    <//>`;
}

/** The key, and a way to copy it. */
function Key({ text }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async (event) => {
    const { currentTarget } = event;
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      getSelection().selectAllChildren(currentTarget.querySelector("bdi"));
    }
  };
  const word = t(isCopied ? "copied" : "copy");
  return html`<button type="button" class="fd-dh__key" aria-label=${`${t("copy")}: ${text}`} title=${`${word}: ${text.slice(0, 300)}`} onClick=${copy}>
    <bdi class="fd-cut">${text}</bdi><${Icon} name=${isCopied ? "check-circle-fill" : "copy"} />
  </button>`;
}

function Tags({ detail, row, session, parent }) {
  const now = useSignal(serverNow);
  const agent = session?.agentId ?? detail?.agentId;
  const model = session?.model ?? detail?.usageByModel?.[0]?.model;
  return html`<div class="fd-dh__2">
    ${row && html`<${Flag} row=${row} now=${now} />`}
    ${detail?.gone && !row && html`<span class="fd-flag"><${Icon} name="trash3" />${t("sesGone")}</span>`}
    ${row && html`<${Tag} name=${row.status} breathes=${row.isRunning && !row.isStuck} />`}
    ${(session ?? detail)?.sessionType && html`<${Tag} name=${(session ?? detail).sessionType} />`}
    ${agent && html`<span class="fd-dh__o">${t("sesAgent")} <b><bdi>${line(agent, 100)}</bdi></b></span>`}
    ${model && html`<span class="fd-dh__o"><bdi>${line(model, 100)}</bdi></span>`}
    ${parent && html`<span class="fd-dh__o">${t("sesVia")} <a class="fd-link" href=${parent.href}><bdi>${parent.name}</bdi></a></span>`}
    <${Key} key=${session?.key ?? detail?.key} text=${session?.key ?? detail?.key} />
  </div>`;
}

export function SessionHead({ detail, row, name, parent, onClose }) {
  const session = row ?? detail?.session;
  return html`<header class="fd-dh">
    <div class="fd-dh__1">
      <h1 tabindex="-1"><bdi>${line(name)}</bdi></h1>
      <div class="fd-dh__a"><${Actions} row=${row} /></div>
      <button type="button" class="fd-btn fd-btn--icon fd-btn--ghost" aria-label=${t("close")} title=${`${t("close")} (Esc)`} onClick=${onClose}>
        <${Icon} name="x-lg" />
      </button>
    </div>
    <${Tags} detail=${detail} row=${row} session=${session} parent=${parent} />
  </header>`;
}
