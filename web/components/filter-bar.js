// The filter box, the chips, and the CSV of what is shown.
import { html, useRef, useSignal } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { csv, download } from "../lib/csv.js";
import { useKeys } from "../lib/use-keys.js";
import { exact } from "../lib/format.js";
import { route, setParams } from "../lib/router.js";
import { countBy, STATUSES, TYPES } from "../lib/status.js";
import { Icon } from "./icon.js";
import { Tag } from "./tag.js";

/** A comma list with one word added or taken out. */
export function toggle(list, word) {
  const words = list.includes(word) ? list.filter((one) => one !== word) : [...list, word];
  return words.join(",") || null;
}

/** What the address asks for; unknown words are no chips. */
export const chosen = (params) => ({
  text: params.q ?? "",
  statuses: (params.status ?? "").split(",").filter((word) => STATUSES.includes(word)),
  types: (params.type ?? "").split(",").filter((word) => TYPES.includes(word)),
});

function Box({ text }) {
  const box = useRef(null);
  useKeys({ "/": () => box.current?.focus() });
  const leave = (event) => {
    if (event.key !== "Escape") return;
    setParams({ q: null });
    event.target.blur();
  };
  return html`<label class="fd-input fd-input--grow">
    <${Icon} name="search" /><span class="fd-sr">${t("filterLabel")}</span>
    <input
      ref=${box}
      type="search"
      autocomplete="off"
      spellcheck="false"
      placeholder=${t("filter")}
      value=${text}
      onInput=${(event) => setParams({ q: event.target.value || null })}
      onKeyDown=${leave}
    />
    <kbd class="fd-kbd fd-hide-s">/</kbd>
  </label>`;
}

function Chip({ pressed, onClick, children }) {
  const look = pressed ? "fd-chip is-on" : "fd-chip";
  return html`<button type="button" class=${look} aria-pressed=${pressed} onClick=${onClick}>${children}</button>`;
}

/** A chip for each word of a group; `param` is its name in the address. */
function Chips({ param, words, chosen: on, counts }) {
  return words.map(
    (word) => html`<${Chip}
      key=${word}
      pressed=${on.includes(word)}
      onClick=${() => setParams({ [param]: toggle(on, word) })}
    >
      <${Tag} name=${word} count=${counts[word]} />
    <//>`,
  );
}

function Save({ shown }) {
  return html`<button
    type="button"
    class="fd-btn fd-btn--icon fd-push"
    aria-label=${t("csv")}
    title=${t("csv")}
    disabled=${shown.length === 0}
    onClick=${() => download("sessions.csv", csv(shown))}
  >
    <${Icon} name="download" />
  </button>`;
}

export function FilterBar({ all, shown }) {
  const { params } = useSignal(route);
  const { text, statuses, types } = chosen(params);
  const isGrouped = params.group === "family";
  const isAll = statuses.length + types.length === 0;
  return html`<div class="fd-tools" role="search">
    <h2>${t("sessions")}</h2>
    <${Box} text=${text} />
    <div class="fd-tools__chips" role="group" aria-label=${t("chips")}>
      <div>
        <${Chip} pressed=${isAll} onClick=${() => setParams({ status: null, type: null })}>
          ${t("all")} <b>${exact(all.length)}</b>
        <//>
        <${Chips} param="status" words=${STATUSES} chosen=${statuses} counts=${countBy(all, "status", STATUSES)} />
      </div>
      <div>
        <${Chips} param="type" words=${TYPES} chosen=${types} counts=${countBy(all, "sessionType", TYPES)} />
      </div>
      <div>
        <${Chip} pressed=${isGrouped} onClick=${() => setParams({ group: isGrouped ? null : "family" })}>
          <${Icon} name="diagram-3" />${t("pByFamily")}
        <//>
      </div>
    </div>
    <${Save} shown=${shown} />
  </div>`;
}
