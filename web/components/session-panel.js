// The exact figures of one session, beside the list.
import { html, useEffect, useRef, useSignal } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { ago, exact, exactMoney } from "../lib/format.js";
import { language } from "../lib/prefs.js";
import { rows, serverNow } from "../lib/store.js";
import { ageOf, idOf, nameOf } from "../lib/status.js";
import { Command } from "./command.js";
import { actionsOf, targetOf } from "../lib/actions.js";
import { ActButton, SignIn } from "./act-button.js";
import { DialogHead } from "./dialog-head.js";
import { ContextBar, Tag } from "./tag.js";

const LONGEST_NAME = 300;

function time(ms) {
  if (ms === null || ms === undefined) return "—";
  return new Date(ms).toLocaleString(language.value === "ko" ? "ko-KR" : "en-GB");
}

/** Names and values, one under the other. */
function Pairs({ look, pairs }) {
  const line = ([name, value]) => html`<div key=${name}>
    <dt>${t(name)}</dt>
    <dd>${value}</dd>
  </div>`;
  return html`<dl class=${look}>
    ${pairs.filter(Boolean).map(line)}
  </dl>`;
}

/** The session that spawned this one: a way to it where it is in the list, else its key. */
function Parent({ row, all, onOpen }) {
  const parent = all.find((one) => one.key === row.parentKey && one.installation === row.installation);
  if (!parent) return html`<bdi>${row.parentKey}</bdi>`;
  const open = () => onOpen(parent);
  return html`<button type="button" class="fd-link" onClick=${open}>
    <bdi>${nameOf(parent).slice(0, LONGEST_NAME)}</bdi>
  </button>`;
}

function Facts({ row, all, onOpen }) {
  const since = ageOf(row, useSignal(serverNow));
  const isolated = (text) => html`<bdi>${text}</bdi>`;
  const age = since === null ? "" : ` · ${ago(since, language.value)}`;
  const pairs = [
    ["status", html`<${Tag} name=${row.status} /> <span class="fd-mute">${t(row.statusReason)}</span>`],
    ["runState", t(row.runState)],
    row.isStuck && ["stuckSince", time(row.stuckSince)],
    row.lastError && ["lastError", isolated(row.lastError)],
    ["model", isolated(row.model ?? "—")],
    ["agent", isolated(row.agentId)],
    ["installation", isolated(row.installation)],
    ["kind", row.kind],
    row.channel && ["channel", isolated(row.channel)],
    row.label && ["label", isolated(row.label)],
    row.parentKey && ["parent", html`<${Parent} row=${row} all=${all} onOpen=${onOpen} />`],
    row.childCount > 0 && ["children", exact(row.childCount)],
    ["updatedAt", `${time(row.updatedAt)}${age}`],
    ["sessionId", row.sessionId ?? "—"],
  ];
  return html`<${Pairs} look="fd-side__facts" pairs=${pairs} />`;
}

function Context({ row }) {
  const window = row.contextTokens ? exact(row.contextTokens) : "—";
  return html`${exact(row.totalTokens)} / ${window}<${ContextBar} value=${row.contextPercent} />`;
}

function Cost({ row }) {
  const unpriced = row.unpricedCalls > 0 ? ` · ${exact(row.unpricedCalls)} ${t("unpricedCalls")}` : "";
  const basis = t(`basis_${row.costBasis}`);
  return html`${exactMoney(row.cost)} <${Tag} name=${row.costLevel ?? "unpriced"} />
    <span class="fd-mute fd-side__note">${basis}${unpriced}</span>`;
}

function Figures({ row }) {
  const pairs = [
    ["inputTokens", exact(row.inputTokens)],
    ["outputTokens", exact(row.outputTokens)],
    ["cacheRead", exact(row.cacheReadTokens)],
    ["cacheWrite", exact(row.cacheWriteTokens)],
    ["calls", exact(row.calls)],
    ["contextUse", html`<${Context} row=${row} />`],
    ["costExact", html`<${Cost} row=${row} />`],
  ];
  return html`<${Pairs} look="fd-side__figures" pairs=${pairs} />`;
}

/** A dialog at the side; Escape and the backdrop close it. */
export function SessionPanel({ row, onClose, onOpen }) {
  const all = useSignal(rows);
  useSignal(language);
  const dialog = useRef(null);
  const id = row && idOf(row);
  useEffect(() => {
    const element = dialog.current;
    if (id && !element.open) element.showModal();
    if (!id && element.open) element.close();
  }, [id]);
  const close = () => dialog.current.close();
  const away = (event) => {
    if (event.target === dialog.current) close();
  };
  const content = () => html`<div class="fd-drawer__in">
    <${DialogHead} id="panel-name" close=${close}><bdi>${nameOf(row).slice(0, LONGEST_NAME)}</bdi><//>
    <p class="fd-drawer__tags"><${Tag} name=${row.sessionType} /></p>
    <div class="fd-acts">
      <${SignIn} />
      ${actionsOf(row).map((action) => html`<${ActButton} key=${action} action=${action} targets=${[targetOf(row)]} isSmall />`)}
    </div>
    <${Figures} row=${row} />
    <${Facts} row=${row} all=${all} onOpen=${onOpen} />
    <h3>${t("key")}</h3>
    <${Command} key=${id} text=${row.key} />
  </div>`;
  return html`<dialog class="fd-drawer" ref=${dialog} aria-labelledby="panel-name" onClose=${onClose} onClick=${away}>
    ${row && content()}
  </dialog>`;
}
