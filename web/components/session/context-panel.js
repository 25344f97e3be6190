// How full the context window was at each turn.
import { html, useSignal } from "../../lib/html.js";
import { t } from "../../lib/i18n.js";
import { clock, exact, percent, tokens } from "../../lib/format.js";
import { language } from "../../lib/prefs.js";
import { ContextChart } from "../../charts/turns-context.js";
import { between, known } from "../../charts/turns.js";
import { Icon } from "../icon.js";
import { useClock, useRuns } from "./timeline-runs.js";
import { moment } from "./timeline-words.js";

const NEARLY = 90;

const share = (value, window) => (window ? (value / window) * 100 : null);

/** The exact figures of one turn. */
function Tip({ turn, number, window }) {
  const part = share(turn.contextTokens, window);
  return html`<b>${t("pTurn", { n: number })}</b>
    <p><span>${t("pAt")}</span><b>${clock(turn.at)}</b></p>
    <p>
      <span>${t("pContext")}</span>
      <b>${turn.contextTokens > 0 ? exact(turn.contextTokens) : "—"}${part !== null && turn.contextTokens > 0 && ` · ${percent(part)}`}</b>
    </p>
    <p class="fd-mute"><bdi class="fd-cut">${turn.model ?? t("unknown")}</bdi></p>`;
}

function summary({ turns, turnsOmitted, contextWindow }, last, marks) {
  const count = turns.length + turnsOmitted;
  const now = contextWindow
    ? t("pContextNow", { p: percent(share(last, contextWindow)), of: tokens(contextWindow) })
    : t("pContextNowTokens", { n: tokens(last) });
  return t("pContextLabel", { now, turns: exact(count), compactions: exact(marks.length) });
}

function Chart({ detail, compactions, last }) {
  const { turns, turnsOmitted, contextWindow } = detail;
  const words = {
    turn: (n) => t("pTurn", { n }),
    compacted: ({ at }) => t("pCompactedAt", { time: clock(at).slice(0, 5) }),
  };
  const marks = between(turns, compactions);
  const first = turnsOmitted + 1;
  const tipOf = (place) => html`<${Tip} turn=${turns[place]} number=${first + place} window=${contextWindow} />`;
  return html`<${ContextChart}
      turns=${turns}
      compactions=${compactions}
      contextWindow=${contextWindow}
      first=${first}
      words=${words}
      label=${summary(detail, last, marks)}
      tipOf=${tipOf}
    />
    <ul class="fd-sr">
      ${marks.map(({ at, tokensBefore, tokensAfter }) => html`<li key=${at}>${t("pCompactedAt", { time: clock(at) })}, ${tokens(tokensBefore)} → ${tokens(tokensAfter)}</li>`)}
    </ul>`;
}

/** Compactions are read with the runs: before those there may be others. */
function Unread({ turns, runs, before, now }) {
  const since = runs[0]?.startedAt;
  if (!before || !since || turns[0].at >= since) return null;
  return html`<p class="fd-note">${t("pCompactionsSince", { time: moment(since, now) })}</p>`;
}

export function ContextPanel({ detail }) {
  useSignal(language);
  const { runs, compactions, before } = useRuns(detail);
  const now = useClock(false);
  const { turns, contextWindow } = detail;
  const last = known(turns).at(-1)?.value ?? null;
  const part = last === null ? null : share(last, contextWindow);
  const window = contextWindow ? t("ofWindow", { n: tokens(contextWindow) }) : t("pWindowUnknown");
  return html`<section class="fd-panel" aria-label=${t("pContextPerTurn")}>
    <div class="fd-panel__head">
      <h2>${t("pContextPerTurn")}</h2>
      ${last !== null && html`<p class="fd-cut">${tokens(last)} ${window}</p>`}
      ${
        part >= NEARLY &&
        html`<span class="fd-push fd-flag fd-flag--stuck"><${Icon} name="exclamation-triangle-fill" />${t("pOver", { p: NEARLY })}</span>`
      }
    </div>
    ${
      turns.length > 0 && last !== null
        ? html`<${Chart} ...${{ detail, compactions, last }} /><${Unread} ...${{ turns, runs, before, now }} />`
        : html`<p class="fd-note">${t(turns.length > 0 ? "pContextUnknown" : "pNoTurns")}</p>`
    }
  </section>`;
}
