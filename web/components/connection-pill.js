// How the page is fed: live, polling, stale, offline. The ring empties until the next question, where it is asked.
import { html, useSignal } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { span } from "../lib/format.js";
import { language } from "../lib/prefs.js";
import { ageMs, connection, feed, nextAt, now, refreshMs } from "../lib/store.js";
import { Icon } from "./icon.js";

const LOOKS = {
  live: ["live", "broadcast"],
  polling: ["poll", "arrow-repeat"],
  loading: ["poll", "hourglass-split"],
  stale: ["stale", "exclamation-triangle-fill"],
  down: ["down", "wifi-off"],
  error: ["down", "wifi-off"],
};

function Ring({ share }) {
  return html`<svg class="fd-ring" viewBox="0 0 16 16" aria-hidden="true">
    <circle class="fd-ring__bg" cx="8" cy="8" r="6" />
    <circle class="fd-ring__fg" cx="8" cy="8" r="6" pathLength="100" stroke-dasharray=${`${share} 100`} />
  </svg>`;
}

function Countdown() {
  const left = Math.max(0, useSignal(nextAt) - useSignal(now));
  const every = useSignal(refreshMs);
  return html`<span class="fd-conn__next" title=${t("nextRefresh")}>
    <${Ring} share=${Math.min(100, Math.round((left / every) * 100))} />
    <span class="fd-conn__s">${Math.ceil(left / 1000)}s</span>
  </span>`;
}

export function ConnectionPill() {
  const state = useSignal(connection);
  const every = useSignal(refreshMs);
  const age = useSignal(ageMs);
  const isLive = useSignal(feed).is === "live";
  useSignal(language);
  const [look, icon] = LOOKS[state];
  const words = {
    live: () => t("connLive"),
    polling: () => t("connPolling", { s: every / 1000 }),
    loading: () => t("connLoading"),
    stale: () => t("connStale", { age: span(age ?? 0, language.value) }),
    down: () => t("connDown"),
    error: () => t("connDown"),
  };
  const title = state === "live" ? t("connLiveTitle") : undefined;
  return html`<span class=${`fd-conn fd-conn--${look}`} title=${title}>
    <${Icon} name=${icon} /><b>${words[state]()}</b>
    ${!isLive && html`<${Countdown} />`}
  </span>`;
}
