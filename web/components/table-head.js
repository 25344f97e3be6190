// The head of the table of sessions: its columns, what they sort by, and the box that selects all.
import { html } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { exact } from "../lib/format.js";
import { setParams } from "../lib/router.js";
import { toggleAll } from "../lib/selection.js";
import { firstOrder } from "../lib/sort.js";
import { Icon } from "./icon.js";

/** Columns from left to right: class, word, and the order they stand for. */
export const HEADS = [
  { column: "status", word: "status", by: "status" },
  { column: "name", word: "session", by: "name" },
  { column: "type", word: "type", by: "type" },
  { column: "agent", word: "agent", by: "agent" },
  { column: "model", word: "model", by: "model" },
  { column: "in", word: "in", by: "in", isNumber: true },
  { column: "out", word: "out", by: "out", isNumber: true },
  { column: "cache", word: "cacheCol", by: "cache", isNumber: true },
  { column: "ctx", word: "context", by: "context" },
  { column: "cost", word: "cost", by: "cost", isNumber: true },
  { column: "age", word: "updated", by: "updated", isNumber: true },
];

function Head({ column, word, by, isNumber, wanted }) {
  const isSorted = wanted.column === by;
  const isUp = wanted.order === "asc";
  const turn = () => setParams({ sort: by, order: isSorted ? (isUp ? "desc" : "asc") : firstOrder(by) });
  const direction = isUp ? "ascending" : "descending";
  return html`<th
    role="columnheader"
    scope="col"
    class=${isNumber ? `c-${column} num` : `c-${column}`}
    aria-sort=${isSorted ? direction : undefined}
  >
    <button type="button" onClick=${turn}>
      ${t(word)}${isSorted && html`<${Icon} name=${isUp ? "sort-up" : "sort-down"} />`}
    </button>
  </th>`;
}

/** Selects what the filter leaves. */
function PickAll({ ids, picked }) {
  const count = ids.filter((id) => picked.has(id)).length;
  const isSome = count > 0 && count < ids.length;
  return html`<th role="columnheader" scope="col" class="c-pick">
    <label>
      <input
        type="checkbox"
        aria-label=${t("pickAll")}
        checked=${count > 0 && !isSome}
        indeterminate=${isSome}
        onClick=${() => toggleAll(ids)}
      /><span aria-hidden="true">${t("pickAllOf", { n: exact(ids.length) })}</span>
    </label>
  </th>`;
}

/** `picks` are the ids that its box selects; null where nothing can be selected. */
export function TableHead({ wanted, picks, picked }) {
  return html`<thead role="rowgroup">
    <tr role="row">
      ${picks && html`<${PickAll} ids=${picks} picked=${picked} />`}
      ${HEADS.map((head) => html`<${Head} key=${head.column} ...${head} wanted=${wanted} />`)}
      ${picks && html`<th role="columnheader" scope="col" class="c-acts"><span class="fd-sr">${t("actions")}</span></th>`}
    </tr>
  </thead>`;
}
