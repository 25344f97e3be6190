// Says that what is shown is old or that the server is silent; what is known stays.
import { html, useSignal } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { clock, exact, span } from "../lib/format.js";
import { language } from "../lib/prefs.js";
import { ageMs, connection, error, isScanning, nextAt, now, refresh, snapshot, sources } from "../lib/store.js";
import { Icon } from "./icon.js";
import { SplitBar } from "./tag.js";

function TryNow() {
  return html`<button type="button" class="fd-btn fd-btn--sm fd-push" onClick=${refresh}>${t("tryNow")}</button>`;
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

function Stale() {
  const age = span(useSignal(ageMs), language.value);
  const nextLook = useSignal(nextAt);
  const seconds = Math.max(0, Math.ceil((nextLook - useSignal(now)) / 1000));
  return html`<div class="fd-banner fd-banner--stale" role="status">
    <${Icon} name="exclamation-triangle-fill" />
    <span><b>${t("staleTitle", { age })}</b> ${t("staleText", { s: seconds })}</span><${TryNow} />
  </div>`;
}

export function Banner() {
  const state = useSignal(connection);
  const problem = useSignal(error);
  const data = useSignal(snapshot);
  const scanning = useSignal(isScanning);
  const about = useSignal(sources);
  if (problem) return html`<${Failed} data=${data} message=${problem.message} />`;
  if (data && scanning && about) return html`<${Reading} ...${about.progress} />`;
  if (state === "stale") return html`<${Stale} />`;
  return null;
}
