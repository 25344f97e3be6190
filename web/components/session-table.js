// The sessions: sorted, filtered, and only as many rows drawn as can be seen.
import { html, useMemo, useRef, useSignal } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { filter } from "../lib/filter.js";
import { ago, exact } from "../lib/format.js";
import { access } from "../lib/access.js";
import { language } from "../lib/prefs.js";
import { route, setParams } from "../lib/router.js";
import { isScanning, rows, serverNow, snapshot, sources } from "../lib/store.js";
import { COLUMNS, firstOrder, sort } from "../lib/sort.js";
import { selected } from "../lib/selection.js";
import { ageOf, idOf } from "../lib/status.js";
import { chosen, FilterBar } from "./filter-bar.js";
import { EmptyState, NoMatch, TableSkeleton } from "./empty-state.js";
import { RowMenu } from "./row-actions.js";
import { SelectionBar } from "./selection-bar.js";
import { SessionRow } from "./session-row.js";
import { useFamilies } from "./table-families.js";
import { useHeldOrder, useKeptFocus, usePicking, useWalk, useWindow } from "./table-behaviour.js";
import { HEADS, TableHead } from "./table-head.js";

/** The order that the address asks for; without a column it is by attention. */
function wantedOrder({ sort: column, order }) {
  if (!COLUMNS.includes(column)) return { column: null, order: "desc" };
  return { column, order: order === "asc" || order === "desc" ? order : firstOrder(column) };
}

/** The height of rows that are not drawn. One cell: a span would make columns where narrow screens hide some. */
function Spacer({ height }) {
  if (height === 0) return null;
  return html`<tr class="fd-spacer" aria-hidden="true" style=${{ height: `${height}px` }}>
    <td></td>
  </tr>`;
}

/** The age of a row in words. */
function ageWords(row, now) {
  const age = ageOf(row, now);
  return age === null ? t("never") : ago(age, language.value);
}

function Table({ held, wanted, placeOf, onOpen }) {
  const { list } = held;
  const now = useSignal(serverNow);
  const body = useRef(null);
  const { from, to, before, after } = useWindow(body, list.length);
  useWalk(list, body);
  useKeptFocus(body);
  const { control } = useSignal(access);
  const picked = useSignal(selected);
  const { ids, pick } = usePicking(list);
  const line = (row, place) => {
    const { depth = 0, size = 0, isFolded = false, below = [] } = placeOf(row) ?? {};
    return html`<${SessionRow}
      key=${idOf(row)}
      row=${row}
      index=${from + place}
      now=${row.isStuck ? now : 0}
      age=${ageWords(row, now)}
      language=${language.value}
      control=${control}
      isPicked=${picked.has(idOf(row))}
      onPick=${pick}
      onOpen=${onOpen}
      depth=${depth}
      size=${size}
      isFolded=${isFolded}
      stuck=${below.filter((one) => one.isStuck).length}
    />`;
  };
  const drawn = list.slice(from, to).map(line);
  return html`<table
    class=${control === "off" ? "fd-table" : "fd-table fd-table--acts"}
    role="table"
    aria-rowcount=${list.length + 1}
    onPointerEnter=${held.enter}
    onPointerLeave=${held.leave}
    onFocusIn=${held.focus}
    onFocusOut=${held.blur}
  >
    <${TableHead} wanted=${wanted} picks=${control === "off" ? null : ids} picked=${picked} />
    <tbody role="rowgroup" ref=${body}>
      <${Spacer} key="before" height=${before} />
      ${drawn}
      <${Spacer} key="after" height=${after} />
    </tbody>
  </table>`;
}

/** How many rows, in which order, and what their cost rests on. */
function Foot({ held, count, wanted, basis, unpriced }) {
  const { list, moved, release } = held;
  const head = HEADS.find(({ by }) => by === wanted.column);
  const order = head ? t("orderBy", { column: t(head.word) }) : t("defaultOrder");
  const unsort = () => setParams({ sort: null, order: null });
  const basisWords = t("basis", { basis: t(`basis_${basis}`) });
  return html`<div class="fd-foot">
    <span>${t("shown", { n: exact(list.length), m: exact(count), order })}</span>
    ${head && html`<button type="button" class="fd-link" onClick=${unsort}>${t("resetOrder")}</button>`}
    ${
      moved > 0 && html`<button type="button" class="fd-link" onClick=${release}>${t("changed", { n: moved })}</button>`
    }
    <span class="fd-push">${basisWords}${unpriced > 0 && ` · ${t("unpricedModels", { n: unpriced })}`}</span>
  </div>`;
}

export function SessionTable({ onOpen }) {
  const data = useSignal(snapshot);
  const all = useSignal(rows);
  const about = useSignal(sources);
  const scanning = useSignal(isScanning);
  const { params } = useSignal(route);
  const parts = useMemo(() => chosen(params), [params]);
  const wanted = useMemo(() => wantedOrder(params), [params]);
  const sorted = useMemo(() => sort(filter(all, parts), wanted.column, wanted.order), [all, parts, wanted]);
  const families = useFamilies(sorted, all, params.group === "family");
  const question = `${wanted.column} ${wanted.order} ${JSON.stringify(parts)} ${families.question}`;
  const held = useHeldOrder(families.list, question);
  if (!data || (all.length === 0 && scanning)) return html`<${TableSkeleton} about=${about} />`;
  if (all.length === 0) return html`<${EmptyState} about=${about} />`;
  const unpriced = data.tokenStats.unpricedModels.length;
  return html`<section class="fd-panel" aria-label=${t("sessions")}>
    <${FilterBar} all=${all} shown=${sorted} />
    ${
      held.list.length === 0
        ? html`<${NoMatch} count=${all.length} wanted=${parts} />`
        : html`<${Table} held=${held} wanted=${wanted} placeOf=${families.placeOf} onOpen=${onOpen} />`
    }
    <${SelectionBar} all=${all} />
    <${RowMenu} />
    <${Foot}
      held=${held}
      count=${all.length}
      wanted=${wanted}
      basis=${about?.priceBasis ?? "auto"}
      unpriced=${unpriced}
    />
  </section>`;
}
