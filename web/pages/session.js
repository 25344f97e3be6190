// One session: its head, its figures, its conversation, and beside it how it went over time and whose it is.
import { html, useEffect, useLayoutEffect, useRef, useSignal, useState } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { fromServer } from "../lib/server-words.js";
import { useKeys } from "../lib/use-keys.js";
import { closeSession, go, href, route } from "../lib/router.js";
import { nameFor } from "../lib/session-figures.js";
import { linkTo } from "../lib/session-links.js";
import { rowOf, useSession } from "../lib/session-store.js";
import { line } from "../lib/conversation-text.js";
import { idOf, nameOf } from "../lib/status.js";
import { rows } from "../lib/store.js";
import { Banner } from "../components/banner.js";
import { ContextPanel } from "../components/session/context-panel.js";
import { CostPanel } from "../components/session/cost-panel.js";
import { ErrorsTab } from "../components/session/errors-tab.js";
import { FamilyPanel } from "../components/session/family-panel.js";
import { LogsTab } from "../components/session/logs-tab.js";
import { RunsTab } from "../components/session/runs-tab.js";
import { SessionDetails } from "../components/session/session-details.js";
import { SessionHead } from "../components/session/session-head.js";
import { SessionList } from "../components/session/session-list.js";
import { GoneBanner, NoSession, PanelsSkeleton, SessionSkeleton } from "../components/session/session-states.js";
import { SessionTabs } from "../components/session/session-tabs.js";
import { SessionTiles } from "../components/session/session-tiles.js";
import { TimelinePanel } from "../components/session/timeline-panel.js";

/** What stands in the other tabs. */
const PANELS = { runs: RunsTab, logs: LogsTab, errors: ErrorsTab };
/** What stands beside the conversation. */
const BESIDE = [TimelinePanel, ContextPanel, CostPanel, FamilyPanel];

/** The session that spawned this one, and its address; its name where it is known. */
function parentOf(session, all, family) {
  if (!session?.parentKey) return null;
  const { parentKey: key, installation } = session;
  const row = all.find((one) => one.key === key && one.installation === installation);
  const told = family?.find((one) => one.key === key);
  const name = row ? nameOf(row) : (told?.label ?? told?.taskName ?? key);
  return { href: href("session", linkTo(key, installation, all)), name: line(name) };
}

/** A new session is read from its name on; the name is where the focus goes. */
function useFocusOnName(box, isThere) {
  useLayoutEffect(() => {
    const name = isThere && box.current?.querySelector("h1");
    const isElsewhere = document.activeElement?.closest(".fd-side, dialog, input");
    if (name && !isElsewhere) name.focus({ preventScroll: true });
  }, [isThere]);
}

function Opened({ sessionKey, at }) {
  const all = useSignal(rows);
  const { detail, problem, row, again } = useSession(sessionKey, at);
  const box = useRef(null);
  const session = row ?? detail?.session ?? null;
  const isThere = Boolean(row || detail);
  useFocusOnName(box, isThere);
  const known = useRef(null);
  if (row) known.current = nameFor(detail, row);
  // OpenClaw forgets the label of what it deletes; who looks at it does not.
  const name = known.current ?? (isThere ? nameFor(detail, row) : sessionKey);
  useEffect(() => {
    if (isThere) document.title = `${line(name, 100)} · Factory Dashboard`;
  }, [name, isThere]);
  if (!isThere && problem) return html`<${NoSession} problem=${problem} sessionKey=${sessionKey} again=${again} />`;
  if (!isThere) return html`<${SessionSkeleton} />`;
  const openKey = (key) => go("session", linkTo(key, session?.installation ?? detail?.installation, all));
  const parent = parentOf(session ?? detail?.family?.find((one) => one.key === sessionKey), all, detail?.family);
  const isGone = !row && (detail?.gone || problem?.status === 404);
  const shared = { detail, row, openKey };
  return html`<div class="fd-session" ref=${box}>
    <${SessionHead} detail=${detail} row=${row} name=${name} parent=${parent} onClose=${closeSession} />
    <${Banner} />
    ${isGone && html`<${GoneBanner} />`}
    ${problem && !isGone && html`<p class="fd-banner" role="status">${t("sesOld")} <bdi>${fromServer(problem.message)}</bdi></p>`}
    <${SessionTiles} detail=${detail} row=${row} />
    <div class="fd-cols">
      <${SessionTabs} ...${{ detail, row, sessionKey, at, parent, openKey, panels: PANELS }} />
      <div class="fd-stack">
        ${detail ? BESIDE.map((Beside, place) => html`<${Beside} key=${place} ...${shared} />`) : html`<${PanelsSkeleton} />`}
        <${SessionDetails} detail=${detail} row=${row} />
      </div>
    </div>
  </div>`;
}

/** On a wide screen the list of all sessions stands beside the opened one. */
const wide = matchMedia("(min-width: 1200px)");

function useIsWide() {
  const [isWide, set] = useState(wide.matches);
  useEffect(() => {
    const changed = () => set(wide.matches);
    wide.addEventListener("change", changed);
    return () => wide.removeEventListener("change", changed);
  }, []);
  return isWide;
}

export function Session() {
  const { params } = useSignal(route);
  const all = useSignal(rows);
  const isWide = useIsWide();
  useKeys({ Escape: closeSession });
  const { key, at } = params;
  const current = rowOf(all, key, at);
  useLayoutEffect(() => scrollTo(0, 0), [key, at]);
  return html`<div class="fd-split">
    ${isWide && html`<${SessionList} current=${current && idOf(current)} />`}
    <main class="fd-detail" id="main" tabindex="-1">
      <${Opened} key=${`${at ?? ""} ${key}`} sessionKey=${key} at=${at} />
    </main>
  </div>`;
}
