// A conversation that cannot be shown, and why: nothing said yet, nothing found, switched off, not readable.
import { html, useSignal } from "../../lib/html.js";
import { t } from "../../lib/i18n.js";
import { fromServer } from "../../lib/server-words.js";
import { sources } from "../../lib/store.js";
import { Icon } from "../icon.js";

/** `children`: what can be done about it. */
export function State({ icon, title, text, children }) {
  return html`<div class="fd-state">
    <${Icon} name=${icon} />
    <h3>${title}</h3>
    ${text && html`<p><bdi>${text}</bdi></p>`}
    ${children && html`<div class="fd-state__row">${children}</div>`}
  </div>`;
}

const LINES = [
  [1, 3],
  [2, 4, 3],
  [1, 4],
  [2, 3, 4, 2],
];

export function ConversationSkeleton() {
  const message = (lines, place) => html`<div key=${place} class="fd-msg" aria-hidden="true">
    <span class="fd-msg__i"></span>
    <div class="fd-skelmsg">
      ${lines.map((width, line) => html`<span key=${line} class=${`fd-skel fd-skel--w${width}`}></span>`)}
    </div>
  </div>`;
  return html`<p class="fd-sr">${t("convLoading")}</p>
    ${LINES.map(message)}`;
}

export function NoMessages({ query, row }) {
  if (query)
    return html`<${State} icon="search" title=${t("convNoHit")} text=${t("convNoHitText", { q: query.slice(0, 100) })} />`;
  return html`<${State} icon="inbox" title=${t("convEmpty")} text=${t(row?.isRunning ? "convEmptyRuns" : "convEmptyText")} />`;
}

/** It could not be read now: with a way to try again, but where it is not allowed at all. */
export function Unread({ problem, again }) {
  if (problem.status === 403) return html`<${MessagesOff} />`;
  return html`<${State} icon="x-octagon-fill" title=${t("convUnread")} text=${fromServer(problem.message)}>
    <button type="button" class="fd-btn" onClick=${again}>${t("tryNow")}</button>
  <//>`;
}

export const MessagesOff = () => html`<${State} icon="eye-slash" title=${t("convOff")} text=${t("convOffText")} />`;

/** There is no transcript that can be read here; what is simulated has none. */
export function NoTranscript() {
  const isDemo = useSignal(sources)?.demo;
  return html`<${State} icon="journal-text" title=${t("convNone")} text=${t(isDemo ? "convNoneDemo" : "convNoneText")} />`;
}
