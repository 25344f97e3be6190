// One message: who, when, what it cost; its texts, thoughts and calls. Drawn again only when it has changed.
import { html, memo } from "../../lib/html.js";
import { t } from "../../lib/i18n.js";
import { clock, exact, exactMoney, money, tokens } from "../../lib/format.js";
import { has, line } from "../../lib/conversation-text.js";
import { dateTime } from "../../lib/conversation-words.js";
import { Icon } from "../icon.js";
import { Attachment } from "./attachment.js";
import { Cut } from "./cut.js";
import { Note } from "./note.js";
import { PlainText, RichText } from "./rich-text.js";
import { Fold, LoneResult, ToolCall } from "./tool-call.js";

/** Tokens and cost of a message of a model; what is exact is in the tooltip. */
function Use({ message: { usage, cost } }) {
  if (!usage) return null;
  const cache = usage.cacheReadTokens + usage.cacheWriteTokens;
  const words = [
    `${t("input")} ${tokens(usage.inputTokens)}`,
    cache > 0 && `${t("cache")} ${tokens(cache)}`,
    `${t("output")} ${tokens(usage.outputTokens)}`,
    cost === null || cost === undefined ? t("unpriced") : money(cost),
  ];
  const all = [
    `${t("inputTokens")} ${exact(usage.inputTokens)}`,
    `${t("cacheRead")} ${exact(usage.cacheReadTokens)}`,
    `${t("cacheWrite")} ${exact(usage.cacheWriteTokens)}`,
    `${t("outputTokens")} ${exact(usage.outputTokens)}`,
    exactMoney(cost),
  ];
  return html`<span class="fd-msg__use" title=${all.join("\n")}>${words.filter(Boolean).join(" · ")}</span>`;
}

function Who({ message, view, isFirst }) {
  if (message.kind === "assistant") {
    if (message.injected) return html`<b>${t("convInjected")}</b>`;
    return html`<b><bdi>${line(message.model ?? t("convAssistant"), 120)}</bdi></b>`;
  }
  if (message.kind === "tool") return html`<b>${t("convToolResult")}</b>`;
  if (isFirst && view.parent) {
    return html`<b>${t("convTaskFrom")} <a class="fd-link" href=${view.parent.href}><bdi>${view.parent.name}</bdi></a></b>`;
  }
  return html`<b>${t(view.sessionType === "cron" ? "convScheduled" : "convUser")}</b>`;
}

function Thought({ text, view, children }) {
  const head = html`<b>${t("convThinking")}</b><span class="fd-mono fd-cut"><bdi>${line(text, 200)}</bdi></span>`;
  const inside = () =>
    html`<div class="fd-think"><${RichText} text=${text} query=${view.query} language=${view.language} />${children}</div>`;
  return html`<${Fold} look="fd-tool" isFound=${has(text, view.query)} head=${head}>${inside}<//>`;
}

function Part({ item, part, at, waits, view }) {
  const { message, results } = item;
  const { place, query, language } = view;
  const cut = html`<${Cut} place=${place} id=${message.id} part=${part} />`;
  switch (part.type) {
    case "text":
      return html`<${RichText} text=${part.text} query=${query} language=${language} />${cut}`;
    case "thinking":
      return html`<${Thought} text=${part.text} view=${view}>${cut}<//>`;
    case "toolCall":
      return html`<${ToolCall} ...${{ place, id: message.id, part, result: results[at], waits, view }} />`;
    default:
      return html`<${Attachment} place=${place} id=${message.id} part=${part} />`;
  }
}

/** A turn that failed or was broken off, in the provider's words. */
function Trouble({ message, view }) {
  if (message.error) {
    return html`<div class="fd-trouble">
      <${Icon} name="x-octagon-fill" />
      <div>
        <b>${t(message.aborted ? "convAborted" : "convFailed")}</b>
        <${PlainText} text=${message.error} query=${view.query} language=${view.language} />
      </div>
    </div>`;
  }
  if (message.aborted)
    return html`<p class="fd-trouble fd-mute"><${Icon} name="slash-circle" />${t("convAborted")}</p>`;
  if (message.stop === "length")
    return html`<p class="fd-trouble fd-mute"><${Icon} name="info-circle" />${t("convLength")}</p>`;
  return null;
}

const FACES = { user: "person", assistant: "robot", tool: "tools" };

function Body({ item, waits, view }) {
  const { message } = item;
  if (message.kind === "tool") return html`<${LoneResult} place=${view.place} message=${message} view=${view} />`;
  const parts = (message.parts ?? []).map(
    (part, at) => html`<${Part} key=${at} item=${item} part=${part} at=${at} waits=${waits} view=${view} />`,
  );
  return html`${parts}<${Trouble} message=${message} view=${view} />`;
}

/** `view` is what all messages share; it is another object only when something in it has changed. */
export const Message = memo(({ item, view, isFirst, waits }) => {
  const { message } = item;
  if (message.kind === "note")
    return html`<article class="fd-msgnote" data-id=${item.id}><${Note} message=${message} view=${view} /></article>`;
  const look = ["fd-msg", `fd-msg--${message.kind}`, message.sideBranch && "fd-msg--side"];
  return html`<article class=${look.filter(Boolean).join(" ")} data-id=${item.id}>
    <span class="fd-msg__i"><${Icon} name=${FACES[message.kind] ?? "robot"} /></span>
    <div>
      <header class="fd-msg__h">
        <${Who} message=${message} view=${view} isFirst=${isFirst} />
        ${message.at && html`<time datetime=${new Date(message.at).toISOString()} title=${dateTime(message.at, view.language)}>${clock(message.at)}</time>`}
        ${message.sideBranch && html`<span class="fd-mute">${t("convSide")}</span>`}
        ${view.query && html`<button type="button" class="fd-link fd-msg__there" onClick=${() => view.show(item.id)}>${t("convShowThere")}</button>`}
        <${Use} message=${message} />
      </header>
      <div class="fd-msg__b"><${Body} item=${item} waits=${waits} view=${view} /></div>
    </div>
  </article>`;
});
