// Who did what to which session, and what became of it; the newest first.
import { html, useEffect, useSignal } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { fromServer } from "../lib/server-words.js";
import { again, auditError, entries, follow, next, older } from "../lib/audit-store.js";
import { language } from "../lib/prefs.js";
import { href } from "../lib/router.js";
import { rows } from "../lib/store.js";
import { nameOf } from "../lib/status.js";
import { Banner } from "../components/banner.js";
import { Icon } from "../components/icon.js";
import { Outcome } from "../components/outcome.js";
import { TablePanel } from "../components/table-panel.js";

const LONGEST = 300;
/** Class and word of each column. */
const COLUMNS = [
  ["when", "auditWhen"],
  ["who", "auditWho"],
  ["from", "auditFrom"],
  ["what", "auditWhat"],
  ["on", "session"],
  ["outcome", "auditOutcome"],
  ["detail", "auditDetail"],
];
const time = (ms) => new Date(ms).toLocaleString(language.value === "ko" ? "ko-KR" : "en-GB");

/** The session's name where it is still known, else its key; a task by its id. */
function On({ entry, names }) {
  if (!entry.key)
    return html`<span class="fd-cut"><bdi>${entry.taskId ? t("auditTask", { id: entry.taskId.slice(0, LONGEST) }) : "—"}</bdi></span>`;
  const name = (names.get(`${entry.installation} ${entry.key}`) ?? entry.key).slice(0, LONGEST);
  const to = href("session", { key: entry.key, at: entry.installation });
  return html`<a class="fd-link fd-cut" href=${to} title=${entry.key}><bdi>${name}</bdi></a>`;
}

function Line({ entry, names }) {
  const took = entry.durationMs === null ? "" : t("auditTook", { ms: entry.durationMs });
  const cell = (column, words, title) => html`<td role="cell" class=${`a-${column}`} title=${title}>${words}</td>`;
  return html`<tr role="row">
    ${cell("when", html`<time datetime=${new Date(entry.at).toISOString()}>${time(entry.at)}</time>`)}
    ${cell("who", t(`who_${entry.who}`))}
    ${cell("from", html`<bdi>${entry.from}</bdi>`, entry.from)}
    ${cell("what", t(`act_${entry.action}`))}
    ${cell("on", html`<${On} entry=${entry} names=${names} />`)}
    ${cell("outcome", html`<${Outcome} outcome=${entry.outcome} />`, took)}
    ${cell("detail", entry.detail && html`<bdi>${fromServer(entry.detail).slice(0, LONGEST)}</bdi>`)}
  </tr>`;
}

function Nothing({ problem }) {
  const [icon, name, text] = problem
    ? ["x-octagon-fill", "auditError", fromServer(problem)]
    : ["journal-text", "auditNone", ""];
  return html`<section class="fd-panel" aria-label=${t("audit")}>
    <div class="fd-state">
      <${Icon} name=${icon} />
      <h2>${t(name)}</h2>
      <p><bdi>${text || t("auditNoneText")}</bdi></p>
      ${problem && html`<button type="button" class="fd-btn" onClick=${again}>${t("tryNow")}</button>`}
    </div>
  </section>`;
}

export function Audit() {
  useEffect(follow, []);
  const list = useSignal(entries);
  const problem = useSignal(auditError);
  const more = useSignal(next);
  const names = new Map(useSignal(rows).map((row) => [row.id, nameOf(row)]));
  const table = () => html`<${TablePanel} name=${t("auditEntries")} look="fd-audit">
    <thead role="rowgroup">
      <tr role="row">
        ${COLUMNS.map(([column, word]) => html`<th key=${column} role="columnheader" scope="col" class=${`a-${column}`}>${t(word)}</th>`)}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${list.map((entry) => html`<${Line} key=${entry.id} entry=${entry} names=${names} />`)}
    </tbody>
  <//>`;
  return html`<h1 class="fd-title">${t("audit")} <span class="fd-mute">${t("auditText")}</span></h1>
    <${Banner} />
    ${!list && !problem && html`<p class="fd-mute" aria-busy="true">${t("auditLoading")}</p>`}
    ${(list ? list.length === 0 : problem) && html`<${Nothing} problem=${problem} />`}
    ${list?.length > 0 && table()}
    ${list?.length > 0 && problem && html`<p class="fd-mute" role="status">${t("auditError")} <bdi>${fromServer(problem)}</bdi></p>`}
    ${more && html`<div><button type="button" class="fd-btn" onClick=${older}>${t("auditOlder")}</button></div>`}`;
}
