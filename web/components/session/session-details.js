// Every other fact of a session, to the last digit: what the list and the figures above have no room for.
import { html, useSignal } from "../../lib/html.js";
import { t } from "../../lib/i18n.js";
import { dateTime, size } from "../../lib/conversation-words.js";
import { line } from "../../lib/conversation-text.js";
import { ago, exact, exactMoney } from "../../lib/format.js";
import { language } from "../../lib/prefs.js";
import { figuresOf } from "../../lib/session-figures.js";
import { ageOf } from "../../lib/status.js";
import { serverNow } from "../../lib/store.js";
import { Icon } from "../icon.js";
import { Tag } from "../tag.js";

const isolated = (text) => html`<bdi>${line(text, 2000)}</bdi>`;

function Pairs({ look, pairs }) {
  const one = ([name, value]) => html`<div key=${name}>
    <dt>${t(name)}</dt>
    <dd>${value}</dd>
  </div>`;
  return html`<dl class=${look}>
    ${pairs.filter(Boolean).map(one)}
  </dl>`;
}

function Figures({ figures }) {
  const { calls, unpricedCalls, basis, cost, contextTokens, inContext } = figures;
  const unpriced = unpricedCalls > 0 ? ` · ${exact(unpricedCalls)} ${t("unpricedCalls")}` : "";
  const note = `${basis ? t(`basis_${basis}`) : ""}${unpriced}`;
  const pairs = [
    ["inputTokens", exact(figures.input)],
    ["outputTokens", exact(figures.output)],
    ["cacheRead", exact(figures.cacheRead)],
    ["cacheWrite", exact(figures.cacheWrite)],
    ["calls", exact(calls)],
    ["contextUse", `${inContext === null ? "—" : exact(inContext)} / ${contextTokens ? exact(contextTokens) : "—"}`],
    [
      "costExact",
      html`${exactMoney(cost)} <${Tag} name=${figures.level} /> <span class="fd-mute fd-side__note">${note}</span>`,
    ],
  ];
  return html`<${Pairs} look="fd-side__figures" pairs=${pairs} />`;
}

function Transcripts({ list }) {
  const one = ({ sessionId, state, bytes }) => html`<span key=${sessionId} class="fd-block">
    <span class="fd-mono">${sessionId}</span> ${t(`sesFile_${state}`)}${bytes ? ` · ${size(bytes)}` : ""}
  </span>`;
  return list.map(one);
}

function factsOf({ detail, row, session, now, tongue }) {
  const age = row && ageOf(row, now);
  const updated = session && `${dateTime(session.updatedAt, tongue)}${age ? ` · ${ago(age, tongue)}` : ""}`;
  return [
    row && ["status", html`<${Tag} name=${row.status} /> <span class="fd-mute">${t(row.statusReason)}</span>`],
    session && ["runState", t(session.runState)],
    row?.isStuck && ["stuckSince", dateTime(row.stuckSince, tongue)],
    session?.lastError && ["lastError", isolated(session.lastError)],
    ["model", isolated(session?.model ?? "—")],
    ["agent", isolated(session?.agentId ?? detail?.agentId ?? "—")],
    ["installation", isolated(session?.installation ?? detail?.installation ?? "—")],
    session?.kind && ["kind", session.kind],
    session?.channel && ["channel", isolated(session.channel)],
    session?.label && ["label", isolated(session.label)],
    session?.parentKey && ["parent", isolated(session.parentKey)],
    session?.childCount > 0 && ["children", exact(session.childCount)],
    updated && ["updatedAt", updated],
    detail?.firstCallAt && ["sesFirstCall", dateTime(detail.firstCallAt, tongue)],
    detail?.lastCallAt && ["sesLastCall", dateTime(detail.lastCallAt, tongue)],
    ["sessionId", session?.sessionId ? html`<span class="fd-mono">${session.sessionId}</span>` : "—"],
    detail?.transcripts?.length > 0 && ["sesFiles", html`<${Transcripts} list=${detail.transcripts} />`],
  ];
}

export function SessionDetails({ detail, row }) {
  const now = useSignal(serverNow);
  const tongue = useSignal(language);
  const session = row ?? detail?.session;
  const figures = figuresOf(detail, row);
  return html`<details class="fd-panel fd-more">
    <summary class="fd-panel__head"><h2>${t("sesDetails")}</h2><p>${t("sesDetailsNote")}</p><${Icon} name="chevron-right" /></summary>
    <div class="fd-pad">
      <${Figures} figures=${figures} />
      <${Pairs} look="fd-side__facts" pairs=${factsOf({ detail, row, session, now, tongue })} />
    </div>
  </details>`;
}
