// One session in the table; below 1400 px type, agent and model move under the name.
import { html, memo, useRef } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { exact, exactMoney, money, percent, tokens } from "../lib/format.js";
import { href } from "../lib/router.js";
import { idOf, nameOf } from "../lib/status.js";
import { ContextBar, Flag, Tag } from "./tag.js";
import { useGlow } from "./glow.js";
import { Pick, RowActions } from "./row-actions.js";
import { Fold, indent } from "./table-families.js";

/** A label may have thousands of characters; a row or a tooltip of that size helps nobody. */
const LONGEST_NAME = 300;

function look(row) {
  const trouble = row.isStuck ? "is-stuck" : row.isFailed && row.status !== "stale" ? "is-failed" : "";
  const isPale = row.status === "stale" && !row.isRunning;
  return isPale ? `${trouble} is-stale` : trouble;
}

function Name({ row, now, family, onClick }) {
  const name = nameOf(row).slice(0, LONGEST_NAME);
  return html`<div class="fd-name">
    ${family.depth > 0 && html`<span class="fd-sr">${t("pLevelNumber", { n: family.depth + 1 })}</span>`}
    <a class="fd-cut" href=${href("session", { key: row.key })} title=${name} onClick=${onClick}>
      <bdi class="fd-u">${name}</bdi>
    </a>
    <${Fold} id=${idOf(row)} name=${name} size=${family.size} isFolded=${family.isFolded} stuck=${family.stuck} />
    <${Flag} row=${row} now=${now} />
    <span class="fd-mono fd-cut">${row.taskName}</span>
  </div>`;
}

/** What other columns say on a wide screen. */
function UnderName({ row, cache }) {
  return html`<div class="fd-sub">
    <span class="sub-type"><${Tag} name=${row.sessionType} /></span>
    <span class="sub-agent"><bdi>${row.agentId}</bdi></span>
    <span class="sub-model"><bdi>${row.model ?? ""}</bdi></span>
    <span class="sub-tok">
      ${t("input")} ${tokens(row.inputTokens)} · ${t("output")} ${tokens(row.outputTokens)}
      <span class="sub-cache"> · ${t("cache")} ${tokens(cache)}</span>
    </span>
  </div>`;
}

function Count({ kind, count }) {
  return html`<td role="cell" class=${`c-${kind} num`} title=${exact(count)}>${tokens(count)}</td>`;
}

function Cost({ row }) {
  const level = row.costLevel ?? "unpriced";
  return html`<span class="fd-cost" title=${exactMoney(row.cost)}>
    <b class=${`fd-tag--${level}`}>${money(row.cost)}</b><${Tag} name=${level} />
  </span>`;
}

/** What each cell says, in any language: a cell glows when its words become others. Ages are left out. */
const saying = (row, cache) => ({
  status: row.status,
  name: [nameOf(row), row.isStuck, row.runState, row.lastError].join(),
  agent: row.agentId,
  model: row.model,
  in: tokens(row.inputTokens),
  out: tokens(row.outputTokens),
  cache: tokens(cache),
  ctx: percent(row.contextPercent),
  cost: `${money(row.cost)} ${row.costLevel}`,
});

/** `now` is given only where the row counts the time; `age` is in words; `depth`, `size`, `isFolded`, `stuck` in a family. */
export const SessionRow = memo(({ row, index, now, age, control, isPicked, onOpen, onPick, ...family }) => {
  const line = useRef(null);
  const cache = row.cacheReadTokens + row.cacheWriteTokens;
  const open = (event) => {
    event.preventDefault();
    event.stopPropagation();
    onOpen(row);
  };
  const context = `${exact(row.totalTokens)} / ${exact(row.contextTokens)}`;
  const hasActs = control !== "off";
  const pick = (event) => onPick(row, event.shiftKey);
  useGlow(line, saying(row, cache));
  return html`<tr
    ref=${line}
    role="row"
    aria-rowindex=${index + 2}
    data-key=${row.key}
    data-place=${index}
    class=${isPicked ? `${look(row)} is-picked` : look(row)}
    onClick=${open}
  >
    ${hasActs && html`<${Pick} isPicked=${isPicked} name=${nameOf(row).slice(0, LONGEST_NAME)} onPick=${pick} />`}
    <td role="cell" class="c-status"><${Tag} name=${row.status} breathes=${row.isRunning && !row.isStuck} /></td>
    <td role="cell" class=${`c-name ${indent(family.depth)}`}>
      <${Name} row=${row} now=${now} family=${family} onClick=${open} />
      <${UnderName} row=${row} cache=${cache} />
    </td>
    <td role="cell" class="c-type"><${Tag} name=${row.sessionType} /></td>
    <td role="cell" class="c-agent fd-cut"><bdi>${row.agentId}</bdi></td>
    <td role="cell" class="c-model fd-cut" title=${row.model}><bdi>${row.model ?? "—"}</bdi></td>
    <${Count} kind="in" count=${row.inputTokens} />
    <${Count} kind="out" count=${row.outputTokens} />
    <${Count} kind="cache" count=${cache} />
    <td role="cell" class="c-ctx" title=${context}><${ContextBar} value=${row.contextPercent} /></td>
    <td role="cell" class="c-cost num"><${Cost} row=${row} /></td>
    <td role="cell" class="c-age num"><time>${age}</time></td>
    ${hasActs && html`<${RowActions} row=${row} />`}
  </tr>`;
});
