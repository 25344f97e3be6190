// Search within a conversation: the server looks through all of it, what it finds is marked, n and p walk it.
import { html, useEffect, useLayoutEffect, useRef, useSignal, useState } from "../../lib/html.js";
import { t } from "../../lib/i18n.js";
import { exact } from "../../lib/format.js";
import { useKeys } from "../../lib/use-keys.js";
import { size } from "../../lib/conversation-words.js";
import { Icon } from "../icon.js";

/** Letters typed in a row are one question. */
const PAUSE_MS = 300;

/** What can be walked to: each mark; a message in which nothing is marked (its match is in what is folded) itself. */
const hitsIn = (box) =>
  [...(box?.querySelectorAll("article[data-id]") ?? [])].flatMap((article) => {
    const marks = [...article.querySelectorAll("mark")];
    return marks.length > 0 ? marks : [article];
  });

function useWalk(panel) {
  const current = useRef(null);
  const go = (step) => {
    const hits = hitsIn(panel.current);
    if (hits.length === 0) return;
    const place = hits.indexOf(current.current);
    const next = hits[place < 0 ? (step > 0 ? 0 : hits.length - 1) : (place + step + hits.length) % hits.length];
    current.current?.classList.remove("is-current");
    next.classList.add("is-current");
    current.current = next;
    next.scrollIntoView({ block: "center" });
  };
  useKeys({ n: () => go(1), p: () => go(-1) });
  return go;
}

function Found({ state }) {
  const { known, loading, query } = state;
  if (!query) return null;
  if (!known || loading === "first") return t("convSearching");
  const count = t("convHits", { n: known.messages.length, c: exact(known.messages.length) });
  const { searched } = known;
  if (!searched || searched.done || !known.before) return count;
  return `${count} · ${t("convSearched", { size: size(searched.bytes) })}`;
}

/** `panel` is where the hits are; `query` the one of the address. */
export function SearchBar({ store, panel, query, onQuery, onClose }) {
  const state = useSignal(store.state);
  const input = useRef(null);
  const [text, setText] = useState(query);
  const go = useWalk(panel);
  // Before the next key: what is typed at once behind `/` belongs here.
  useLayoutEffect(() => {
    input.current.focus();
    input.current.select();
  }, []);
  useEffect(() => {
    if (text === query) return undefined;
    const timer = setTimeout(() => onQuery(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const press = (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      onClose();
    }
    if (event.key === "Enter" && text === query) go(event.shiftKey ? -1 : 1);
    else if (event.key === "Enter") onQuery(text);
  };
  const step = (by, icon, word) => html`<button
    type="button"
    class="fd-btn fd-btn--icon fd-btn--ghost"
    aria-label=${t(word)}
    title=${t(word)}
    disabled=${!state.known?.messages.length || !query}
    onClick=${() => go(by)}
  >
    <${Icon} name=${icon} />
  </button>`;
  return html`<search class="fd-search">
    <label class="fd-input fd-input--grow">
      <${Icon} name="search" />
      <input
        ref=${input}
        type="search"
        maxlength="200"
        value=${text}
        aria-label=${t("convSearch")}
        placeholder=${t("convSearch")}
        onInput=${(event) => setText(event.currentTarget.value)}
        onKeyDown=${press}
      />
    </label>
    <span class="fd-search__n" role="status"><${Found} state=${state} /></span>
    <span class="fd-search__b">${step(-1, "chevron-up", "convPrevious")}${step(1, "chevron-down", "convNext")}<button type="button" class="fd-btn fd-btn--icon fd-btn--ghost" aria-label=${t("convEndSearch")} title=${t("convEndSearch")} onClick=${onClose}>
      <${Icon} name="x-lg" />
    </button></span>
  </search>`;
}
