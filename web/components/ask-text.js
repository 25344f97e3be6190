// Before something is done: to whom, what is lost in numbers, and what stays.
import { html, useSignal } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { exact, money, running, tokens } from "../lib/format.js";
import { losses } from "../lib/losses.js";
import { rows, serverNow, snapshot } from "../lib/store.js";

/** So many names are read before a question; the rest are a number. */
const NAMES = 5;
/** These cut off what runs; the others touch the conversation alone. */
const CUTS = ["stop", "cancel", "restart", "reset", "delete"];

function Names({ targets }) {
  const shown = targets.slice(0, targets.length > NAMES + 1 ? NAMES : NAMES + 1);
  const more = targets.length - shown.length;
  return html`<ul class="fd-ask__names">
    ${shown.map(({ id, name }) => html`<li key=${id} class="fd-cut" title=${name}><bdi>${name}</bdi></li>`)}
    ${more > 0 && html`<li class="fd-mute">${t("more", { n: exact(more) })}</li>`}
  </ul>`;
}

function Figures({ action, targets }) {
  const all = useSignal(rows);
  const now = useSignal(serverNow);
  const { taskQueue = [] } = useSignal(snapshot) ?? {};
  // Their figures go on while the question is read.
  const byId = new Map(all.map((row) => [row.id, row]));
  const known = targets.map(({ row }) => row && (byId.get(row.id) ?? row)).filter(Boolean);
  if (known.length === 0) return null;
  const lost = losses(known, all, taskQueue);
  const cuts = CUTS.includes(action);
  const unpriced = lost.unpriced > 0 ? ` · ${t("unpricedShort", { n: exact(lost.unpriced) })}` : "";
  const lines = [
    cuts && lost.startedAt && ["lossRunning", running(now - lost.startedAt)],
    cuts && !lost.startedAt && lost.running > 0 && ["lossRuns", exact(lost.running)],
    ["lossTokens", tokens(lost.tokens)],
    ["lossCost", `${money(lost.cost)} ${t("staysSpent")}${unpriced}`],
    cuts && lost.subagents > 0 && ["lossSubagents", t("lossSubagentsText", { n: lost.subagents })],
  ].filter(Boolean);
  const line = ([name, value]) => html`<div key=${name}><dt>${t(name)}</dt><dd>${value}</dd></div>`;
  return html`<dl class="fd-ask__figures">
    ${lines.map(line)}
  </dl>`;
}

export function AskText({ action, targets }) {
  return html`<${Names} targets=${targets} />
    <p>${t(`text_${action}`, { n: targets.length })}</p>
    ${action !== "send" && html`<${Figures} action=${action} targets=${targets} />`}`;
}
