// The timeline: one run at a time as a waterfall, the newest first.
import { html, useSignal, useState } from "../../lib/html.js";
import { t } from "../../lib/i18n.js";
import { fromServer } from "../../lib/server-words.js";
import { exact } from "../../lib/format.js";
import { language } from "../../lib/prefs.js";
import { waterfall } from "../../charts/waterfall.js";
import { Icon } from "../icon.js";
import { Fall } from "./timeline-fall.js";
import { runName, showRun, useClock, useRuns } from "./timeline-runs.js";
import { lasted, runMs } from "./timeline-words.js";

function Step({ icon, name, word, onClick, isAfter, isBusy }) {
  const look = html`<${Icon} name=${icon} />`;
  return html`<button
    type="button"
    class="fd-btn fd-btn--sm fd-btn--ghost"
    aria-label=${name}
    title=${name}
    aria-busy=${isBusy ? "true" : undefined}
    onClick=${onClick}
  >
    ${!isAfter && look}<span>${word}</span>${isAfter && look}
  </button>`;
}

/** To the run before and the run after; before the first one that is known, more are asked for. */
function Steps({ all }) {
  const { runs, shown, before, isLoading, loadEarlier } = all;
  const [earlier, later] = [shown > 0 && runName(all, shown - 1), shown < runs.length - 1 && runName(all, shown + 1)];
  const go = (place) => () => showRun(place === runs.length - 1 ? null : runs[place].id);
  return html`<span class="fd-push fd-steps">
    ${
      earlier
        ? html`<${Step} icon="chevron-left" name=${t("pEarlierRun", { name: earlier })} word=${earlier} onClick=${go(shown - 1)} />`
        : before &&
          html`<${Step} icon="chevron-left" name=${t("pLoadRuns")} word=${t("pEarlier")} onClick=${loadEarlier} isBusy=${isLoading} />`
    }
    ${
      later &&
      html`<${Step} icon="chevron-right" name=${t("pLaterRun", { name: later })} word=${later} onClick=${go(shown + 1)} isAfter />`
    }
  </span>`;
}

const KEYS = [
  ["output", "pKey_model"],
  ["tool", "pKey_tool"],
  ["sub", "subagent"],
  ["err", "pKey_error"],
  ["wait", "pKey_wait"],
];

function Foot({ run, view, isEach, setEach }) {
  const isGathered = view.rows.length < run.steps.length;
  const key = ([look, word]) =>
    html`<span key=${look} class=${`fd-key fd-key--${look}`}><span>${t(word)}</span></span>`;
  return html`<div class="fd-foot fd-fall__foot">
    ${KEYS.map(key)}
    ${run.stepsOmitted > 0 && html`<span>${t("pStepsOmitted", { n: run.stepsOmitted, c: exact(run.stepsOmitted) })}</span>`}
    ${
      (isGathered || isEach) &&
      html`<button type="button" class="fd-link fd-push" aria-pressed=${isEach} onClick=${() => setEach(!isEach)}>
        ${t("pEachStep")}
      </button>`
    }
  </div>`;
}

function Run({ all, detail, row, openKey }) {
  const [isEach, setEach] = useState(false);
  const run = all.runs[all.shown];
  const isLive = run.state === "running" && run.endedAt === null;
  const now = useClock(isLive);
  const stuckSince = row?.isStuck ? row.stuckSince : null;
  const view = waterfall(run, { now, stuckSince, isEach });
  const openChild = (key) => openKey(key, detail.installation);
  const name = runName(all, all.shown);
  return html`<${Fall} key=${run.id} run=${run} view=${view} name=${name} family=${detail.family} openChild=${openChild} />
    ${run.steps.length === 0 && html`<p class="fd-note">${t("pNoSteps")}</p>`}
    <${Foot} run=${run} view=${view} isEach=${isEach} setEach=${setEach} />`;
}

function Head({ all }) {
  const run = all.runs[all.shown];
  const now = useClock(run?.state === "running");
  const which =
    run && all.isNumbered ? t("pRunOf", { n: all.shown + 1, m: all.runs.length }) : run && runName(all, all.shown);
  return html`<div class="fd-panel__head">
    <h2>${t("pTimeline")}</h2>
    ${run && html`<p class="fd-cut">${which} · ${lasted(runMs(run, now))}</p>`}
    ${run && html`<${Steps} all=${all} />`}
  </div>`;
}

export function TimelinePanel({ detail, row, openKey }) {
  useSignal(language);
  const all = useRuns(detail);
  const none = detail.messages === "none" ? t("pNoTranscript") : t("pNoRuns");
  return html`<section class="fd-panel" id="session-timeline" aria-label=${t("pTimeline")}>
    <${Head} all=${all} />
    ${
      all.runs.length > 0
        ? html`<${Run} all=${all} detail=${detail} row=${row} openKey=${openKey} />`
        : html`<p class="fd-note">${none}</p>`
    }
    ${all.problem && html`<p class="fd-note" role="status"><bdi>${fromServer(all.problem)}</bdi></p>`}
  </section>`;
}
