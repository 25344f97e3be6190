// What was read of each agent, how its calls are priced, and what OpenClaw itself counts, with the reasons.
import { html, useSignal, useState } from "../lib/html.js";
import { ago, exact, exactMoney, money } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { difference, isEqual, sentences, statement } from "../lib/openclaw-words.js";
import { language } from "../lib/prefs.js";
import { sum } from "../lib/status.js";
import { serverNow } from "../lib/store.js";
import { Icon } from "./icon.js";
import { TablePanel } from "./table-panel.js";

/** Counts of an agent: word, field, and what the word means. */
const COLUMNS = [
  { word: "known", field: "sessionsKnown" },
  { word: "read", field: "sessionsRead" },
  { word: "callsCol", field: "callsRead" },
  { word: "recordedCol", field: "recordedCalls", help: "recordedHelp" },
  { word: "derivedCol", field: "derivedCalls", help: "derivedHelp" },
  { word: "unpricedCol", field: "unpricedCalls" },
  { word: "archivedCol", field: "archivedCalls", help: "archivedHelp" },
  { word: "unlistedCol", field: "unlistedCalls", help: "unlistedHelp" },
  { word: "duplicatesCol", field: "duplicateCalls", help: "duplicatesHelp" },
  { word: "skippedCol", field: "linesSkipped" },
];
/** Beside the counts: agent, layout, cost, OpenClaw. */
const WIDTH = COLUMNS.length + 4;

function Reasons({ id, openclaw }) {
  const now = useSignal(serverNow);
  const age = ago(now - Date.parse(openclaw.askedAt), language.value);
  return html`<tr class="fd-reasons" id=${id}>
    <td colspan=${WIDTH}>
      <div>
        <p>${statement(openclaw, age)}</p>
        <ul>
          ${sentences(openclaw).map((text) => html`<li key=${text}>${text}</li>`)}
        </ul>
      </div>
    </td>
  </tr>`;
}

function Agent({ agent }) {
  const [isOpen, open] = useState(false);
  const { openclaw } = agent;
  const name = `${agent.installation} › ${agent.agentId}`;
  const id = `reasons ${agent.installation} ${agent.kind} ${agent.agentId}`.replace(/\s/g, "-");
  const toggle = () => html`<button
    type="button"
    class="fd-btn fd-btn--sm fd-btn--ghost"
    aria-expanded=${String(isOpen)}
    aria-controls=${isOpen ? id : undefined}
    aria-label=${t("ocWhy", { agent: name, difference: difference(openclaw) })}
    onClick=${() => open(!isOpen)}
  >
    ${
      isEqual(openclaw)
        ? html`<${Icon} name="check-circle-fill" extra="fd-tag--ok" />`
        : html`<${Icon} name="info-circle" />`
    }${difference(openclaw)}
    <${Icon} name="chevron-down" extra=${isOpen ? "fd-turned" : ""} />
  </button>`;
  return html`<tr>
      <th scope="row"><bdi>${name}</bdi></th>
      <td>${agent.layout}</td>
      ${COLUMNS.map(({ field }) => html`<td key=${field} class="num">${exact(agent[field])}</td>`)}
      <td class="num" title=${exactMoney(agent.cost)}>${money(agent.cost)}</td>
      <td class="num">${openclaw ? toggle() : "—"}</td>
    </tr>
    ${openclaw && isOpen && html`<${Reasons} id=${id} openclaw=${openclaw} />`}`;
}

export function Reconciliation({ about }) {
  const agents = about.sources.flatMap(({ agents: list, installation, kind }) =>
    list.map((agent) => ({ ...agent, installation, kind })),
  );
  if (agents.length === 0) return null;
  const head = ({ word, help }) =>
    html`<th key=${word} scope="col" class="num" title=${help && t(help)}>${t(word)}</th>`;
  return html`<${TablePanel} name=${t("reconciliation")} holdsFirst>
    <thead>
      <tr>
        <th scope="col">${t("agent")}</th>
        <th scope="col">${t("layout")}</th>
        ${COLUMNS.map(head)}
        <th scope="col" class="num">${t("cost")}</th>
        ${head({ word: "openclawCol", help: "openclawHelp" })}
      </tr>
    </thead>
    <tbody>
      ${agents.map((one) => html`<${Agent} key=${`${one.installation} ${one.kind} ${one.agentId}`} agent=${one} />`)}
    </tbody>
    <tfoot>
      <tr>
        <th scope="row">${t("total")}</th>
        <td></td>
        ${COLUMNS.map(({ field }) => html`<td key=${field} class="num">${exact(sum(agents, field))}</td>`)}
        <td class="num">${money(sum(agents, "cost"))}</td>
        <td></td>
      </tr>
    </tfoot>
  <//>`;
}
