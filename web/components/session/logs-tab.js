// OpenClaw's own log: the lines that name this session, or all of the gateway.
import { html, memo, useLayoutEffect, useRef, useSignal, useState } from "../../lib/html.js";
import { t } from "../../lib/i18n.js";
import { fromServer } from "../../lib/server-words.js";
import { clock, exact } from "../../lib/format.js";
import { language } from "../../lib/prefs.js";
import { Icon } from "../icon.js";
import { MOST_LINES, useLogs } from "./logs-follow.js";
import { short } from "./timeline-words.js";

const SCOPES = ["session", "gateway"];
const LEVELS = ["debug", "info", "warn", "error"];
const LOOKS = {
  trace: ["circle", "none"],
  debug: ["circle", "none"],
  info: ["info-circle", "info"],
  warn: ["exclamation-triangle-fill", "idle"],
  error: ["x-octagon-fill", "failed"],
  fatal: ["x-octagon-fill", "failed"],
};
/** A line of a log may be a whole document. */
const LONGEST = 4000;
/** So near to the end counts as at the end. */
const NEAR = 24;

function Choice({ name, words, prefix, chosen, onChoose }) {
  const button = (
    word,
  ) => html`<button key=${word} type="button" aria-pressed=${chosen === word} onClick=${() => onChoose(word)}>
    ${t(`${prefix}${word}`)}
  </button>`;
  return html`<div class="fd-seg" role="group" aria-label=${name}>${words.map(button)}</div>`;
}

function Tools({ scope, setScope, level, setLevel, isFollowed, setFollowed }) {
  return html`<div class="fd-logs__tools">
    <${Choice} name=${t("pScope")} words=${SCOPES} prefix="pScope_" chosen=${scope} onChoose=${setScope} />
    <${Choice} name=${t("pLevel")} words=${LEVELS} prefix="pLevel_" chosen=${level} onChoose=${setLevel} />
    <button type="button" role="switch" class="fd-switch fd-push" aria-checked=${isFollowed} onClick=${() => setFollowed(!isFollowed)}>
      <span class="fd-switch__k"></span>${t("pFollow")}
    </button>
  </div>`;
}

/** `language` is there so that the words change with it. */
const Line = memo(({ line, isMarked }) => {
  const [icon, look] = LOOKS[line.level] ?? LOOKS.info;
  return html`${line.isGap && html`<li class="is-gap">${t("pLogGap")}</li>`}<li class=${isMarked ? "is-mine" : ""}>
    <time>${line.at === null ? "—" : clock(line.at)}</time>
    <span class=${`fd-tag fd-tag--${look}`}><${Icon} name=${icon} />${t(`pLevel_${line.level}`)}</span>
    <p>
      ${line.subsystem && html`<bdi class="fd-mute">${short(line.subsystem, 60)}</bdi>${" "}`}
      ${isMarked && html`<span class="fd-flag fd-flag--mine">${t("pMine")}</span>${" "}`}
      <bdi>${short(line.message, LONGEST)}</bdi>
    </p>
  </li>`;
});

/** At the end the view follows; who has scrolled up to read is left where they are. */
function Lines({ log, scope, isFollowed }) {
  const box = useRef(null);
  const isAtEnd = useRef(true);
  const look = () => {
    const { scrollTop, scrollHeight, clientHeight } = box.current;
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR;
  };
  useLayoutEffect(() => {
    if (isAtEnd.current) box.current.scrollTop = box.current.scrollHeight;
  }, [log, isFollowed]);
  return html`<div class="fd-logs" ref=${box} tabindex="0" role="log" aria-live="off" aria-label=${t("pLogLines")} onScroll=${look}>
    <ol>
      ${log.lines.map((line) => html`<${Line} key=${line.id} line=${line} language=${language.value} isMarked=${scope === "gateway" && line.mine} />`)}
    </ol>
  </div>`;
}

function Nothing({ icon, title, text, action }) {
  return html`<div class="fd-state">
    <${Icon} name=${icon} />
    <h3>${title}</h3>
    ${text && html`<p><bdi>${text}</bdi></p>`}
    ${action}
  </div>`;
}

function Foot({ log }) {
  const from = log.file ? html`<bdi class="fd-mono">${log.file}</bdi>` : t(`pSource_${log.source}`);
  return html`<div class="fd-foot">
    <span>${t("pLines", { n: log.lines.length, c: exact(log.lines.length) })}</span>
    ${log.dropped > 0 && html`<span>${t("pDropped", { n: exact(MOST_LINES) })}</span>`}
    ${log.masked > 0 && html`<span>${t("pMasked", { n: log.masked, c: exact(log.masked) })}</span>`}
    <span class="fd-push">${from}</span>
  </div>`;
}

function Content({ log, error, again, scope, level, isFollowed }) {
  const retry = html`<div class="fd-state__row"><button type="button" class="fd-btn" onClick=${again}>${t("tryNow")}</button></div>`;
  if (!log && error)
    return html`<${Nothing} icon="x-octagon-fill" title=${t("pLogError")} text=${fromServer(error)} action=${retry} />`;
  if (!log) return html`<p class="fd-note fd-note--top" role="status">${t("pLogReading")}</p>`;
  if (log.lines.length === 0) {
    const none = scope === "session" ? "pLogNoneSession" : "pLogNoneGateway";
    const text = log.problem ? fromServer(log.problem) : t(none, { level: t(`pLevel_${level}`) });
    return html`<${Nothing} icon="journal-text" title=${t("pLogNone")} text=${text} />`;
  }
  const note = error ?? log.problem;
  return html`${note && html`<p class="fd-note fd-note--top" role="status"><${Icon} name="exclamation-circle" /><bdi>${fromServer(note)}</bdi></p>`}
    <${Lines} key=${`${scope} ${level}`} log=${log} scope=${scope} isFollowed=${isFollowed} />
    <${Foot} log=${log} />`;
}

function Followed({ sessionKey, installation }) {
  const [scope, setScope] = useState("session");
  const [level, setLevel] = useState("info");
  const [isFollowed, setFollowed] = useState(true);
  const root = useRef(null);
  const isSeen = () => !document.hidden && Boolean(root.current?.checkVisibility());
  const answer = useLogs({ sessionKey, installation, scope, level }, isFollowed, isSeen);
  const tools = { scope, setScope, level, setLevel, isFollowed, setFollowed };
  return html`<div class="fd-logtab" ref=${root}>
    <${Tools} ...${tools} />
    <${Content} ...${answer} scope=${scope} level=${level} isFollowed=${isFollowed} />
  </div>`;
}

export function LogsTab({ detail, installation, sessionKey }) {
  useSignal(language);
  if (detail?.messages === "off")
    return html`<${Nothing} icon="slash-circle" title=${t("pLogOff")} text=${t("pLogOffText")} />`;
  const place = installation ?? detail?.installation;
  const key = sessionKey ?? detail?.key;
  return html`<${Followed} key=${`${place} ${key}`} sessionKey=${key} installation=${place} />`;
}
