// The runs as a list, newest first, and the tools that they used.
import { html, useSignal } from "../../lib/html.js";
import { t } from "../../lib/i18n.js";
import { fromServer } from "../../lib/server-words.js";
import { size } from "../../lib/conversation-words.js";
import { exact, exactMoney, money, tokens } from "../../lib/format.js";
import { language } from "../../lib/prefs.js";
import { Icon } from "../icon.js";
import { runName, showRun, useClock, useRuns } from "./timeline-runs.js";
import { brief, lasted, moment, runMs, short, STATES } from "./timeline-words.js";

const LONGEST_PROMPT = 200;

function State({ state }) {
  const [icon, look] = STATES[state] ?? STATES.done;
  return html`<span class=${`fd-tag fd-tag--${look}`}>
    <${Icon} name=${icon} extra=${state === "running" ? "fd-breathe" : ""} />${t(`pRun_${state}`)}
  </span>`;
}

/** `12 calls`: a number and its word. */
const counted = (word, n) => t(word, { n, c: exact(n) });

function Run({ all, place, now, isStuck, onShow }) {
  const run = all.runs[place];
  const facts = [
    run.prompt && t(`pTrigger_${run.trigger}`),
    counted("pCalls", run.calls),
    run.tools > 0 && counted("pToolCalls", run.tools),
    run.tokens > 0 && counted("ocTokens", tokens(run.tokens)),
  ];
  return html`<li aria-current=${all.shown === place ? "true" : undefined}>
    <button type="button" class="fd-run" title=${t("pShowRun")} onClick=${onShow}>
      <span class="fd-run__n">${runName(all, place)}</span>
      <span class="fd-run__t fd-cut"><bdi>${run.prompt ? short(run.prompt, LONGEST_PROMPT) : t(`pTrigger_${run.trigger}`)}</bdi></span>
      <span class="fd-run__d" title=${exactMoney(run.cost)}>${run.cost === null ? t("unpriced") : money(run.cost)}</span>
      <${State} state=${isStuck ? "stuck" : run.state} />
      <span class="fd-run__m">
        <time>${moment(run.startedAt, now)}</time>
        ${facts.filter(Boolean).map((fact) => html`<span key=${fact}>${fact}</span>`)}
        ${run.errors > 0 && html`<span class="fd-tag--failed"><${Icon} name="x-octagon-fill" /> ${counted("pErrorsN", run.errors)}</span>`}
      </span>
      <span class="fd-run__d fd-mute" title=${lasted(runMs(run, now))}>${brief(runMs(run, now))}</span>
    </button>
  </li>`;
}

function Tools({ tools }) {
  const line = ({ name, calls, errors, durationMs }) => html`<tr key=${name}>
    <th scope="row"><bdi class="fd-mono">${short(name, 80)}</bdi></th>
    <td class="num">${exact(calls)}</td>
    <td class="num">${errors > 0 ? html`<span class="fd-tag--failed">${exact(errors)}</span>` : "0"}</td>
    <td class="num" title=${lasted(durationMs)}>${brief(durationMs)}</td>
  </tr>`;
  return html`<h3 class="fd-sub2">${t("pToolsUsed")}</h3>
    <div class="fd-wide" tabindex="0" role="group" aria-label=${t("pToolsUsed")}>
      <table class="fd-plain fd-toolt">
        <thead>
          <tr>
            <th scope="col">${t("pTool")}</th>
            <th scope="col" class="num">${t("pCallsCol")}</th>
            <th scope="col" class="num">${t("pErrorsCol")}</th>
            <th scope="col" class="num">${t("pTimeCol")}</th>
          </tr>
        </thead>
        <tbody>
          ${[...tools].sort((a, b) => b.calls - a.calls).map(line)}
        </tbody>
      </table>
    </div>`;
}

/** How much of the transcript this is from. */
function Extent({ all, detail }) {
  const { readBytes, ofBytes } = detail;
  // What differs by a line or two is all of it.
  const isPart = readBytes < ofBytes && size(readBytes) !== size(ofBytes);
  if (!all.before && !isPart) return null;
  return html`<div class="fd-foot">
    ${isPart && html`<span>${t("pRead", { n: size(readBytes), of: size(ofBytes) })}</span>`}
    ${
      all.before &&
      html`<button type="button" class="fd-btn fd-btn--sm fd-push" aria-busy=${all.isLoading ? "true" : undefined} onClick=${all.loadEarlier}>
        <${Icon} name=${all.isLoading ? "arrow-clockwise" : "clock-history"} />${t("pLoadRuns")}
      </button>`
    }
    ${all.problem && html`<span role="status"><bdi>${fromServer(all.problem)}</bdi></span>`}
  </div>`;
}

export function RunsTab({ detail, row }) {
  useSignal(language);
  const all = useRuns(detail);
  const last = all.runs.length - 1;
  const now = useClock(all.runs[last]?.state === "running");
  const show = (place) => () => {
    showRun(place === last ? null : all.runs[place].id);
    // On a narrow screen the timeline stands far below.
    document.getElementById("session-timeline")?.scrollIntoView({ block: "nearest" });
  };
  const places = all.runs.map((_, place) => last - place);
  if (all.runs.length === 0) {
    return html`<p class="fd-note fd-note--top">${t(detail.messages === "none" ? "pNoTranscript" : "pNoRuns")}</p>
      <${Extent} all=${all} detail=${detail} />`;
  }
  return html`<ol class="fd-runs" aria-label=${t("pRuns")}>
      ${places.map((place) => html`<${Run} key=${all.runs[place].id} all=${all} place=${place} now=${now} isStuck=${place === last && row?.isStuck && all.runs[place].state === "running"} onShow=${show(place)} />`)}
    </ol>
    <${Extent} all=${all} detail=${detail} />
    ${detail.tools.length > 0 && html`<${Tools} tools=${detail.tools} />`}`;
}
