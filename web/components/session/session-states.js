// A session that is not there, is there more than once, or is gone while it is looked at.
import { html, useSignal } from "../../lib/html.js";
import { t } from "../../lib/i18n.js";
import { fromServer } from "../../lib/server-words.js";
import { line } from "../../lib/conversation-text.js";
import { isScanning, rows, sources } from "../../lib/store.js";
import { href } from "../../lib/router.js";
import { Icon } from "../icon.js";
import { ConversationSkeleton } from "../conversation/conversation-states.js";

/** In the place of what stands beside the conversation. */
export const PanelsSkeleton = () =>
  [1, 2, 3].map(
    (place) => html`<div key=${place} class="fd-panel fd-skelpanel" aria-hidden="true">
      <span class="fd-skel fd-skel--w1"></span><span class="fd-skel fd-skel--block"></span>
    </div>`,
  );

export function SessionSkeleton() {
  const tile = (place) => html`<div key=${place}>
    <dt><span class="fd-skel fd-skel--w3"></span></dt>
    <dd><span class="fd-skel fd-skel--num"></span></dd>
  </div>`;
  return html`<div class="fd-session" aria-busy="true">
    <p class="fd-sr" role="status">${t("sesLoading")}</p>
    <div class="fd-dh" aria-hidden="true"><span class="fd-skel fd-skel--title"></span><span class="fd-skel fd-skel--w2"></span></div>
    <dl class="fd-facts" aria-hidden="true">${[1, 2, 3, 4, 5, 6].map(tile)}</dl>
    <div class="fd-cols">
      <div class="fd-panel"><${ConversationSkeleton} /></div>
      <div class="fd-stack"><${PanelsSkeleton} /></div>
    </div>
  </div>`;
}

/** Sessions that may have been meant, each a link. */
function Links({ keys }) {
  return html`<ul class="fd-near">
    ${keys.map(
      ([key, at]) => html`<li key=${`${at} ${key}`}>
        <a class="fd-link fd-mono" href=${href("session", { key, at })}><bdi>${line(key)}</bdi></a>
        ${at && html` <span class="fd-mute">${line(at, 100)}</span>`}
      </li>`,
    )}
  </ul>`;
}

function Unfound({ icon, title, text, keys = [], hint }) {
  return html`<section class="fd-panel" aria-label=${title}>
    <div class="fd-state">
      <${Icon} name=${icon} />
      <h1>${title}</h1>
      <p><bdi>${text}</bdi></p>
      ${keys.length > 0 && html`<p>${hint}</p><${Links} keys=${keys} />`}
      <div class="fd-state__row"><a class="fd-btn" href=${href("overview")}>${t("sesToList")}</a></div>
    </div>
  </section>`;
}

export function NoSession({ problem, sessionKey, again }) {
  const all = useSignal(rows);
  const scanning = useSignal(isScanning);
  const about = useSignal(sources);
  const { status, body = {} } = problem;
  if (status === 409) {
    const keys = all.filter((row) => row.key === sessionKey).map((row) => [row.key, row.installation]);
    return html`<${Unfound} icon="layers" title=${t("sesSeveral")} text=${t("sesSeveralText")} keys=${keys} hint=${t("sesWhich")} />`;
  }
  if (status === 404) {
    const keys = (Array.isArray(body.near) ? body.near : []).map((key) => [key, null]);
    const reads = scanning && about ? ` ${t("sesStillReading")}` : "";
    const text = t("sesUnknownText", { key: line(sessionKey, 200) }) + reads;
    return html`<${Unfound} icon="search" title=${t("sesUnknownKey")} text=${text} keys=${keys} hint=${t("sesNear")} />`;
  }
  return html`<section class="fd-panel" aria-label=${t("convUnread")}>
    <div class="fd-state">
      <${Icon} name="x-octagon-fill" />
      <h1>${t("sesUnread")}</h1>
      <p><bdi>${fromServer(problem.message)}</bdi></p>
      <div class="fd-state__row"><button type="button" class="fd-btn" onClick=${again}>${t("tryNow")}</button></div>
    </div>
  </section>`;
}

/** OpenClaw has deleted it: what was recorded stays, and is what is shown. */
export const GoneBanner = () => html`<div class="fd-banner fd-banner--stale" role="status">
  <${Icon} name="trash3" /><span><b>${t("sesGoneTitle")}</b> ${t("sesGoneText")}</span>
</div>`;
