// The six figures of a session, each with what it is of.
import { html, useSignal } from "../../lib/html.js";
import { t } from "../../lib/i18n.js";
import { exact, exactMoney, money, percent, tokens } from "../../lib/format.js";
import { took } from "../../lib/conversation-words.js";
import { language } from "../../lib/prefs.js";
import { figuresOf, runTime } from "../../lib/session-figures.js";
import { serverNow } from "../../lib/store.js";
import { SplitBar, Tag } from "../tag.js";

function Tile({ name, title, note, bar, children }) {
  return html`<div>
    <dt>${t(name)}</dt>
    <dd title=${title}>${children}</dd>
    ${bar && html`<dd class="fd-facts__bar">${bar}</dd>`}
    ${note && html`<dd class="fd-facts__note" title=${note}>${note}</dd>`}
  </div>`;
}

function costNote({ basis, calls, unpricedCalls }) {
  if (calls === 0) return t("sesNoCall");
  if (unpricedCalls > 0) return t("sesUnpriced", { n: exact(unpricedCalls), m: exact(calls) });
  const count = t("sesCalls", { n: calls, c: exact(calls) });
  return basis ? `${t(`sesBasis_${basis}`)} · ${count}` : count;
}

function Context({ figures }) {
  const { percent: full, contextTokens, inContext } = figures;
  const kind = full >= 90 ? "crit" : full >= 75 ? "warn" : "ctx";
  const parts = [
    [kind, Math.min(100, full ?? 0)],
    ["none", Math.max(0, 100 - (full ?? 0))],
  ];
  const note = inContext === null ? t("sesUnknown") : t("sesTokensNow", { n: exact(inContext) });
  const bar = full === null ? null : html`<${SplitBar} thin parts=${parts} />`;
  return html`<${Tile} name="contextInUse" bar=${bar} note=${note}>
    ${percent(full)}${contextTokens > 0 && html`<small>${t("ofWindow", { n: tokens(contextTokens) })}</small>`}
  <//>`;
}

function RunTime({ detail, figures }) {
  const now = useSignal(serverNow);
  const tongue = useSignal(language);
  const runs = detail?.runs;
  if (!runs) return html`<${Tile} name="sesRunTime" note=${" "}><span class="fd-skel fd-skel--num"></span><//>`;
  const calls = t("sesCalls", { n: figures.calls, c: exact(figures.calls) });
  const count = t(detail.runsBefore ? "sesLastRuns" : "sesRuns", { n: runs.length });
  return html`<${Tile} name="sesRunTime" note=${runs.length > 0 ? `${count} · ${calls}` : calls}>
    ${runs.length > 0 ? took(runTime(runs, now), tongue) : "—"}
  <//>`;
}

export function SessionTiles({ detail, row }) {
  const figures = figuresOf(detail, row);
  const { cost, level, input, output, cacheRead, cacheWrite } = figures;
  const cache = t("sesCacheNote", { r: tokens(cacheRead), w: tokens(cacheWrite) });
  return html`<dl class="fd-facts">
    <${Tile} name="sesCost" title=${exactMoney(cost)} note=${costNote(figures)}>
      <span class=${`fd-tag--${level}`}>${money(cost)}</span><small><${Tag} name=${level} /></small>
    <//>
    <${Context} figures=${figures} />
    <${Tile} name="sesInput" title=${exact(input)} note=${t("sesInputNote")}>${tokens(input)}<//>
    <${Tile} name="sesOutput" title=${exact(output)} note=${t("sesOutputNote")}>${tokens(output)}<//>
    <${Tile} name="sesCache" title=${exact(cacheRead + cacheWrite)} note=${cache}>${tokens(cacheRead + cacheWrite)}<//>
    <${RunTime} detail=${detail} figures=${figures} />
  </dl>`;
}
