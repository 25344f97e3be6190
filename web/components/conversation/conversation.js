// The conversation of a session: the newest page first, older ones on the way up, live while it runs.
import { html, memo, useEffect, useMemo, useRef, useSignal } from "../../lib/html.js";
import { t } from "../../lib/i18n.js";
import { fromServer } from "../../lib/server-words.js";
import { createPairing, daysOf } from "../../lib/conversation.js";
import { day } from "../../lib/conversation-words.js";
import { seen } from "../../lib/seen.js";
import { Icon } from "../icon.js";
import { ConversationEnd } from "./conversation-end.js";
import { ConversationSkeleton, NoMessages, Unread } from "./conversation-states.js";
import { Message } from "./message.js";
import { useMore, useScroll } from "./scroll.js";

/** Where nothing is pushed for a change, a run is looked after so often; and for changes not more often than this. */
const LOOK_MS = 2000;
const REST_MS = 500;

/** What comes later, when the session's row says that something happened, and while it runs. */
function useLive(store, row) {
  const isSeen = useSignal(seen);
  const askedAt = useRef(-Infinity);
  useEffect(() => {
    // Of a session that was deleted nothing comes any more.
    if (!row || !isSeen || !store.state.value.known) return undefined;
    const ask = () => {
      askedAt.current = performance.now();
      store.newer();
    };
    const timer = setTimeout(ask, Math.max(0, askedAt.current + REST_MS - performance.now()));
    return () => clearTimeout(timer);
  }, [store, row, isSeen]);
  const isRunning = Boolean(row?.isRunning);
  useEffect(() => {
    if (!isRunning || !isSeen) return undefined;
    const timer = setInterval(store.newer, LOOK_MS);
    return () => clearInterval(timer);
  }, [store, isRunning, isSeen]);
}

/** What stands above the first message: more of them, that they are on their way, or that this is the beginning. */
function Top({ known, loading, problem, query, older }) {
  const count = known.messages.length;
  const words = t(query ? (known.before ? "convHitsSoFar" : "convHitsInAll") : "convShown", { n: count });
  const masked = known.masked > 0 && html` · ${t("convMaskedCount", { n: known.masked })}`;
  if (loading === "older") return html`<p class="fd-conv__more" aria-busy="true">${t("convLoadingOlder")}</p>`;
  if (problem) {
    return html`<p class="fd-conv__more">
      <span>${t("convOlderFailed")} <bdi>${fromServer(problem.message)}</bdi></span>
      <button type="button" class="fd-link" onClick=${older}>${t("tryNow")}</button>
    </p>`;
  }
  if (!known.before) return html`<p class="fd-conv__more">${query ? words : t("convBeginning")}${masked}</p>`;
  return html`<p class="fd-conv__more">
    <span>${words}${masked}</span>
    <button type="button" class="fd-link" onClick=${older}>${t(query ? "convSearchOn" : "convLoadOlder")}</button>
  </p>`;
}

const waitsOf = (row) => (row?.isStuck ? "stuck" : row?.isRunning ? "waiting" : "");

/** `isWhole`: its first message is the first of all, and the first of a user is the task; `waits` is of the last one. */
const List = memo(({ items, view, isWhole, waits }) => {
  const days = daysOf(items);
  const last = items.length - 1;
  const task = isWhole ? items.findIndex(({ message }) => message.kind === "user") : -1;
  return items.flatMap((item, place) => [
    days[place] && html`<p key=${`day ${item.id}`} class="fd-day"><span>${day(days[place], view.language)}</span></p>`,
    html`<${Message}
      key=${item.id}
      item=${item}
      view=${view}
      isFirst=${place === task}
      waits=${place === last ? waits : ""}
    />`,
  ]);
});

/** The message that is looked up, or the one whose call it answers. */
const holderOf = (items, id) =>
  items.find((item) => item.id === id || item.results.some((result) => result?.id === id))?.id;

export function Conversation({ store, row, view }) {
  const state = useSignal(store.state);
  const { known, loading, problem, query, ahead, target } = state;
  const box = useRef(null);
  const inner = useRef(null);
  const top = useRef(null);
  const bottom = useRef(null);
  const pair = useMemo(createPairing, [store]);
  const messages = known?.messages;
  const items = useMemo(() => (messages ? pair(messages) : []), [messages]);
  const { fresh, toEnd, isAtEnd } = useScroll({ box, inner, items, ahead, target: target && holderOf(items, target) });
  useLive(store, row);
  useEffect(() => {
    if (isAtEnd()) store.trim();
  }, [messages]);
  const older = () => store.older();
  const page = `${items.length} ${known?.before} ${ahead} ${loading}`;
  useMore({ box, edge: top, page, more: () => problem || older() });
  useMore({ box, edge: bottom, page, more: () => problem || store.later() });
  const isEmpty = known && items.length === 0 && !known.before;
  return html`<div class="fd-convbox">
    <div class="fd-conv" ref=${box} tabindex="0" role="region" aria-label=${t("convMessages")}>
      <div class="fd-conv__in" ref=${inner} aria-busy=${known || problem ? undefined : "true"}>
        <div ref=${top}>${known && !isEmpty && html`<${Top} ...${{ known, loading, problem, query, older }} />`}</div>
        ${!known && (problem ? html`<${Unread} problem=${problem} again=${store.first} />` : html`<${ConversationSkeleton} />`)}
        ${isEmpty && html`<${NoMessages} query=${query} row=${row} />`}
        ${known && html`<${List} items=${items} view=${view} isWhole=${known.before === null && !query} waits=${waitsOf(row)} />`}
        <div ref=${bottom}></div>
        ${known && !query && !ahead && html`<${ConversationEnd} row=${row} />`}
      </div>
    </div>
    <p class="fd-sr" role="status">${fresh > 0 ? t("convNew", { n: fresh }) : ""}</p>
    ${
      ahead &&
      html`<button type="button" class="fd-btn fd-conv__new" onClick=${store.first}>
        <${Icon} name="arrow-down" />${t("convNewest")}
      </button>`
    }
    ${
      fresh > 0 &&
      html`<button type="button" class="fd-btn fd-btn--ink fd-conv__new" onClick=${toEnd}>
        <${Icon} name="arrow-down" />${t("convNew", { n: fresh })}
      </button>`
    }
  </div>`;
}
