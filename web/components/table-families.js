// Families in the table: which are folded, and what a row says of the rows below it.
import { html, signal, useMemo, useSignal } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { exact } from "../lib/format.js";
import { folded, grouped } from "../lib/family.js";
import { idOf } from "../lib/status.js";
import { Icon } from "./icon.js";

/** The ids of rows whose families are folded. */
const folds = signal(new Set());
/** Deeper rows are not indented further. */
const DEEPEST = 6;

function turn(id) {
  const next = new Set(folds.value);
  if (!next.delete(id)) next.add(id);
  folds.value = next;
}

/** Rows in families, or as they are: `list`, `placeOf(row)` in its family, and what makes another order of it. */
export function useFamilies(sorted, all, isGrouped) {
  const shut = useSignal(folds);
  return useMemo(() => {
    if (!isGrouped) return { list: sorted, placeOf: () => null, question: "" };
    const entries = grouped(sorted, all, (id) => shut.has(id));
    const places = new Map(entries.map((entry) => [idOf(entry.row), entry]));
    return {
      list: entries.map(({ row, below, isFolded }) => (isFolded ? folded(row, below) : row)),
      placeOf: (row) => places.get(idOf(row)) ?? null,
      question: `family ${[...shut].join(" ")}`,
    };
  }, [sorted, all, isGrouped, shut]);
}

export const indent = (depth) => (depth > 0 ? `fd-in fd-in--${Math.min(depth, DEEPEST)}` : "");

/** How many are below a row, and the way to hide them; what is hidden and stuck is told. */
export function Fold({ id, name, size, isFolded, stuck }) {
  if (!size) return null;
  const words = isFolded ? t("pUnfold", { c: exact(size + 1), name }) : t("pFold", { n: size, c: exact(size), name });
  const click = (event) => {
    event.stopPropagation();
    turn(id);
  };
  return html`<button type="button" class="fd-fold" aria-expanded=${!isFolded} aria-label=${words} title=${words} onClick=${click}>
      <${Icon} name=${isFolded ? "chevron-right" : "chevron-down"} />${isFolded ? t("pSumOf", { c: exact(size + 1) }) : t("pBelow", { c: exact(size) })}
    </button>
    ${
      isFolded &&
      stuck > 0 &&
      html`<span class="fd-flag fd-flag--stuck"><${Icon} name="exclamation-triangle-fill" />${t("pStuckBelow", { c: exact(stuck) })}</span>`
    }`;
}
