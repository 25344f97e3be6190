// Conversation, runs, logs and errors of a session in one panel; search and export beside the tabs.
import { html, useEffect, useMemo, useRef, useSignal } from "../../lib/html.js";
import { t } from "../../lib/i18n.js";
import { language } from "../../lib/prefs.js";
import { route, setParams } from "../../lib/router.js";
import { createConversation } from "../../lib/conversation-store.js";
import { pathOf } from "../../lib/session-store.js";
import { Conversation } from "../conversation/conversation.js";
import { ConversationSkeleton, MessagesOff, NoTranscript } from "../conversation/conversation-states.js";
import { ExportMenu } from "../conversation/export-menu.js";
import { SearchBar } from "../conversation/search-bar.js";
import { Icon } from "../icon.js";
import { useFind } from "./session-find.js";

/** Name, word, and what is counted beside it. */
const TABS = [
  ["conversation", "sesConversation", () => null],
  ["runs", "sesRunsTab", ({ runs, runsBefore }) => runs && `${runs.length}${runsBefore ? "+" : ""}`],
  ["logs", "sesLogs", () => null],
  ["errors", "sesErrors", ({ errors }) => errors?.reduce((sum, { count }) => sum + count, 0)],
];

function Tab({ name, word, count, isChosen }) {
  // On a narrow screen the tabs are wider than their room.
  const choose = ({ currentTarget }) => {
    setParams({ tab: name === "conversation" ? null : name });
    currentTarget.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  const look = name === "errors" && count > 0 ? "fd-count fd-count--stuck" : "fd-count";
  return html`<button
    type="button"
    role="tab"
    id=${`tab-${name}`}
    aria-selected=${String(isChosen)}
    aria-controls="tab-panel"
    tabindex=${isChosen ? 0 : -1}
    onClick=${choose}
  >
    ${t(word)}${count ? html` <span class=${look}>${count}</span>` : null}
  </button>`;
}

/** Left and right choose, as in any list of tabs. */
function walk(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const all = [...event.currentTarget.querySelectorAll("[role=tab]")];
  const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
  next.focus();
  next.click();
}

function Talk({ detail, row, store, view }) {
  if (!detail) return html`<div class="fd-conv" aria-busy="true"><${ConversationSkeleton} /></div>`;
  if (detail.messages === "off") return html`<${MessagesOff} />`;
  // A transcript that goes while it is read stays as far as it was read.
  if (detail.messages === "none" && !store.state.value.known) return html`<${NoTranscript} />`;
  return html`<${Conversation} store=${store} row=${row} view=${view} />`;
}

export function SessionTabs({ detail, row, sessionKey, at, parent, openKey, panels }) {
  const { params } = useSignal(route);
  const tongue = useSignal(language);
  const panel = useRef(null);
  const path = pathOf(sessionKey);
  const installation = at ?? undefined;
  const store = useMemo(() => createConversation(path, installation), [path, installation]);
  const canFind = detail?.messages === "on";
  const find = useFind(store, canFind);
  const chosen = TABS.some(([name]) => name === params.tab) ? params.tab : "conversation";
  useEffect(() => {
    if (canFind && !store.state.value.known && !store.state.value.loading) store.first();
    return undefined;
  }, [store, canFind]);
  useEffect(() => store.end, [store]);
  const sessionType = (row ?? detail)?.sessionType;
  const view = useMemo(
    () => ({
      place: { path, installation },
      query: find.query,
      language: tongue,
      parent,
      sessionType,
      show: find.show,
    }),
    [path, installation, find.query, tongue, parent?.href, parent?.name, sessionType],
  );
  const Chosen = panels[chosen];
  const isTalk = chosen === "conversation";
  return html`<section class="fd-panel fd-tabbed" aria-label=${t("sesConversation")} ref=${panel}>
    <div class="fd-tabs">
      <div role="tablist" aria-label=${t("sesParts")} onKeyDown=${walk}>
        ${TABS.map(
          ([name, word, countOf]) =>
            html`<${Tab} key=${name} ...${{ name, word, count: countOf(detail ?? {}), isChosen: name === chosen }} />`,
        )}
      </div>
      ${
        canFind &&
        html`<div class="fd-tabs__acts">
          <button type="button" class="fd-btn fd-btn--icon fd-btn--ghost" aria-label=${t("convSearch")} title=${`${t("convSearch")} (/)`} aria-expanded=${String(find.isOpen)} onClick=${find.isOpen ? find.close : find.open}>
            <${Icon} name="search" />
          </button>
          <${ExportMenu} path=${path} installation=${installation} />
        </div>`
      }
    </div>
    ${find.isOpen && isTalk && html`<${SearchBar} store=${store} panel=${panel} query=${find.query} onQuery=${find.set} onClose=${find.close} />`}
    <div role="tabpanel" id="tab-panel" aria-labelledby=${`tab-${chosen}`} class=${isTalk ? "fd-tabpanel" : "fd-tabpanel fd-tabpanel--scrolls"} tabindex=${isTalk ? undefined : 0}>
      <h2 class="fd-sr">${t(TABS.find(([name]) => name === chosen)[1])}</h2>
      ${isTalk && html`<${Talk} detail=${detail} row=${row} store=${store} view=${view} />`}
      ${!isTalk && detail && Chosen && html`<${Chosen} ...${{ detail, row, openKey, installation, sessionKey }} />`}
    </div>
  </section>`;
}
