// A call of a tool in one line: its name, what it was given, what became of it; opened, both in full.
import { html, useEffect, useState } from "../../lib/html.js";
import { t } from "../../lib/i18n.js";
import { outcomeOf } from "../../lib/conversation.js";
import { has, line } from "../../lib/conversation-text.js";
import { took } from "../../lib/conversation-words.js";
import { href } from "../../lib/router.js";
import { Icon } from "../icon.js";
import { Attachment } from "./attachment.js";
import { Cut } from "./cut.js";
import { CodeText } from "./rich-text.js";

const LOOKS = {
  done: ["check-lg", "ok"],
  failed: ["x-octagon-fill", "failed"],
  running: ["hourglass-split", "none"],
  waiting: ["hourglass-split", "none"],
  stuck: ["hourglass-split", "stuck"],
  none: ["slash-circle", "none"],
};

function wordsOf(outcome, result, language) {
  const code = result?.exitCode;
  const known = Number.isInteger(code) ? t("convExit", { code: String(code) }) : t(`convTool_${outcome}`);
  return [known, result?.durationMs > 0 && took(result.durationMs, language)].filter(Boolean).join(" · ");
}

function Outcome({ outcome, result, language }) {
  const [icon, look] = LOOKS[outcome];
  return html`<span class=${`fd-tag fd-tag--${look}`}>
    <${Icon} name=${icon} />${wordsOf(outcome, result, language)}
  </span>`;
}

const textsOf = (result) => (result?.parts ?? []).map(({ text }) => text ?? "");

/** A fold that is drawn inside only once it was open. */
export function Fold({ look, isFound, head, children }) {
  const [isOpen, setOpen] = useState(isFound);
  useEffect(() => {
    if (isFound) setOpen(true);
  }, [isFound]);
  return html`<details class=${look} open=${isOpen} onToggle=${(event) => setOpen(event.currentTarget.open)}>
    <summary><${Icon} name="chevron-right" />${head}</summary>
    ${isOpen && html`<div class="fd-tool__in">${children()}</div>`}
  </details>`;
}

function Result({ place, result, view }) {
  const { query, language } = view;
  const one = (part, at) =>
    part.text === undefined
      ? html`<${Attachment} key=${at} place=${place} id=${result.id} part=${part} />`
      : html`<div key=${at}>
          <${CodeText} text=${part.text} query=${query} language=${language} />
          <${Cut} place=${place} id=${result.id} part=${part} />
        </div>`;
  if (!result.parts?.some((part) => part.text !== "")) return html`<p class="fd-mute">${t("convNoOutput")}</p>`;
  return result.parts.map(one);
}

/** `waits`: no result yet, but one may come (`waiting`), or nothing has come for long (`stuck`). */
export function ToolCall({ place, id, part, result, waits, view }) {
  const { query, language } = view;
  const outcome = outcomeOf(result, waits);
  const isFound = [part.arguments, ...textsOf(result)].some((text) => has(text, query));
  // Among what was found, a result may just not be among it.
  const isKnown = outcome !== "none" || !query;
  const frame = { failed: "fd-tool fd-tool--failed", stuck: "fd-tool fd-tool--wait" }[outcome] ?? "fd-tool";
  const head = html`<b><bdi>${line(part.name, 80)}</bdi></b>
    <span class="fd-mono fd-cut"><bdi>${line(part.summary)}</bdi></span>
    ${isKnown && html`<${Outcome} outcome=${outcome} result=${result} language=${language} />`}`;
  const inside = () => html`
    ${
      part.arguments &&
      html`<p class="fd-tool__h">${t("convGiven")}</p>
      <${CodeText} text=${part.arguments} query=${query} language=${language} />`
    }
    <${Cut} place=${place} id=${id} part=${part} />
    ${result && html`<p class="fd-tool__h">${t("convCame")}</p><${Result} place=${place} result=${result} view=${view} />`}
    ${result?.childKey && html`<p><a class="fd-link" href=${href("session", { key: result.childKey, at: place.installation })}><${Icon} name="diagram-2-fill" /> ${t("convOpenChild")}</a></p>`}
  `;
  return html`<${Fold} look=${frame} isFound=${isFound} head=${head}>${inside}<//>`;
}

/** A result whose call is not on the page. */
export function LoneResult({ place, message, view }) {
  const outcome = outcomeOf(message);
  const [first = ""] = textsOf(message);
  const head = html`<b><bdi>${line(message.toolName ?? t("convTool"), 80)}</bdi></b>
    <span class="fd-mono fd-cut"><bdi>${line(first, 200)}</bdi></span>
    <${Outcome} outcome=${outcome} result=${message} language=${view.language} />`;
  const isFound = textsOf(message).some((text) => has(text, view.query));
  const look = outcome === "failed" ? "fd-tool fd-tool--failed" : "fd-tool";
  return html`<${Fold} look=${look} isFound=${isFound} head=${head}>
    ${() => html`<${Result} place=${place} result=${message} view=${view} />`}
  <//>`;
}
