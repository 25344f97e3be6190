// Says that what is shown is old or that the server is silent; what is known stays.
import { html, useSignal } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { fromServer } from "../lib/server-words.js";
import { clock, exact, span } from "../lib/format.js";
import { language } from "../lib/prefs.js";
import { ageMs, connection, error, feed, isScanning, nextAt, now, refreshMs } from "../lib/store.js";
import { snapshot, sources, tryNow } from "../lib/store.js";
import { Icon } from "./icon.js";
import { SplitBar } from "./tag.js";

const PATIENCE_MS = 3000;

function TryNow() {
  return html`<button type="button" class="fd-btn fd-btn--sm fd-push" onClick=${tryNow}>${t("tryNow")}</button>`;
}

function Failed({ data, message }) {
  const text = data
    ? t("errorText", { time: clock(Date.parse(data.fetchedAt)), why: message })
    : t("errorNothing", { why: message });
  return html`<div class="fd-banner fd-banner--error" role="alert">
    <${Icon} name="x-octagon-fill" /><span><b>${t("errorTitle")}</b> ${text}</span><${TryNow} />
  </div>`;
}

function Reading({ done, total }) {
  const parts = [
    ["ink", done],
    ["none", Math.max(0, total - done)],
  ];
  return html`<div class="fd-banner fd-banner--info" role="status">
    <${Icon} name="hourglass-split" />
    <span>${t("loadingOf", { done: exact(done), total: exact(total) })}</span>
    <span class="fd-banner__bar"><${SplitBar} thin=${true} parts=${parts} /></span>
  </div>`;
}

/** How old it is, why, and when it is looked at again. The seconds are no news to a screen reader. */
function Old({ text }) {
  const age = span(useSignal(ageMs) ?? 0, language.value);
  const left = useSignal(nextAt) - useSignal(now);
  const every = useSignal(refreshMs) / 1000;
  const words = t(text, { s: Math.max(0, Math.ceil(left / 1000)), every });
  return html`<div class="fd-banner fd-banner--stale" role="status" aria-live="off">
    <${Icon} name="exclamation-triangle-fill" />
    <span><b>${t("staleTitle", { age })}</b> ${words}</span><${TryNow} />
  </div>`;
}

/** A push that is back at once was no trouble worth a line that moves the page. */
function isDownForLong({ is, since }, time) {
  return is === "polling" && time - since > PATIENCE_MS;
}

export function Banner() {
  const state = useSignal(connection);
  const problem = useSignal(error);
  const data = useSignal(snapshot);
  const scanning = useSignal(isScanning);
  const about = useSignal(sources);
  const fed = useSignal(feed);
  const time = useSignal(now);
  if (problem) return html`<${Failed} data=${data} message=${fromServer(problem.message)} />`;
  if (data && scanning && about) return html`<${Reading} ...${about.progress} />`;
  if (isDownForLong(fed, time)) return html`<${Old} text="pollingText" />`;
  if (state === "stale") return html`<${Old} text="staleText" />`;
  return null;
}
