// The sessions beside the one that is opened: attention first, a filter, j and k; drawn is what is seen.
import { html, memo, signal, useMemo, useRef, useSignal } from "../../lib/html.js";
import { t } from "../../lib/i18n.js";
import { line } from "../../lib/conversation-text.js";
import { filter } from "../../lib/filter.js";
import { ago, exact, money } from "../../lib/format.js";
import { useKeys } from "../../lib/use-keys.js";
import { language } from "../../lib/prefs.js";
import { sort } from "../../lib/sort.js";
import { ageOf, idOf, nameOf } from "../../lib/status.js";
import { rows, serverNow } from "../../lib/store.js";
import { useHeldOrder } from "../table-behaviour.js";
import { useListWindow, useShown, useWalk } from "./session-list-behaviour.js";
import { Icon } from "../icon.js";
import { Tag } from "../tag.js";
import { hrefOf } from "../../lib/session-links.js";

/** What was typed stays while one goes from session to session. */
const typed = signal("");

const STATUS_ICONS = { active: "record-circle-fill", idle: "circle-half", stale: "circle" };

function State({ row }) {
  const [icon, look, word] = row.isStuck
    ? ["exclamation-triangle-fill", "stuck", t("stuck")]
    : row.isFailed
      ? ["x-octagon-fill", "failed", t("failedFlag")]
      : [STATUS_ICONS[row.status], row.status, t(row.status)];
  return { icon: html`<span class=${`fd-tag fd-tag--${look}`}><${Icon} name=${icon} /></span>`, look, word };
}

const Line = memo(({ row, place, isCurrent, age }) => {
  const { icon, look, word } = State({ row });
  return html`<li data-place=${place}>
    <a href=${hrefOf(row, rows.value)} aria-current=${isCurrent ? "true" : undefined}>
      ${icon}
      <span class="fd-cut"><bdi>${line(nameOf(row))}</bdi></span>
      <span class="fd-side__cost">${money(row.cost)}</span>
      <span class="l2">
        <span class=${`fd-tag fd-tag--${look}`}>${word}</span>
        <${Tag} name=${row.sessionType} />
        <span class="fd-cut"><bdi>${line(row.agentId, 60)}</bdi></span>
        <time>${age}</time>
      </span>
    </a>
  </li>`;
});

function Filter({ count }) {
  const text = useSignal(typed);
  const input = useRef(null);
  useKeys({ f: () => input.current?.focus() });
  const press = (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    typed.value = "";
    event.currentTarget.blur();
  };
  return html`<div class="fd-side__head">
    <label class="fd-input fd-input--grow">
      <${Icon} name="search" />
      <input
        ref=${input}
        type="search"
        value=${text}
        aria-label=${t("sesFilter", { n: count, c: exact(count) })}
        placeholder=${t("sesFilter", { n: count, c: exact(count) })}
        onInput=${(event) => (typed.value = event.currentTarget.value)}
        onKeyDown=${press}
      />
    </label>
  </div>`;
}

export function SessionList({ current }) {
  const all = useSignal(rows);
  const text = useSignal(typed);
  const now = useSignal(serverNow);
  const tongue = useSignal(language);
  const box = useRef(null);
  const sorted = useMemo(() => sort(filter(all, { text }), null, "desc"), [all, text]);
  const held = useHeldOrder(sorted, text);
  const { from, to, before, after, update } = useListWindow(box, held.list.length);
  useWalk(box, held.list, current);
  useShown(
    box,
    held.list.findIndex((row) => idOf(row) === current),
  );
  const one = (row, place) => {
    const age = ageOf(row, now);
    return html`<${Line}
      key=${idOf(row)}
      row=${row}
      place=${from + place}
      isCurrent=${idOf(row) === current}
      age=${age === null ? t("never") : ago(age, tongue)}
    />`;
  };
  const space = (height) => height > 0 && html`<li aria-hidden="true" style=${{ height: `${height}px` }}></li>`;
  return html`<nav class="fd-side" aria-label=${t("sessions")} onPointerEnter=${held.enter} onPointerLeave=${held.leave}>
    <${Filter} count=${all.length} />
    <ul ref=${box} onScroll=${update}>
      ${space(before)}${held.list.slice(from, to).map(one)}${space(after)}
      ${held.list.length === 0 && all.length > 0 && html`<li class="fd-side__none">${t("noMatch")}</li>`}
    </ul>
  </nav>`;
}
