// Background work: stuck first, then running, newest first, then waiting. Elapsed time ticks.
import { html, useSignal, useState } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { running, span, tokens } from "../lib/format.js";
import { language } from "../lib/prefs.js";
import { rows, serverNow, snapshot } from "../lib/store.js";
import { route } from "../lib/router.js";
import { idOf } from "../lib/status.js";
import { targetOf, taskTarget } from "../lib/actions.js";
import { ActButton } from "./act-button.js";
import { Icon } from "./icon.js";
import { indent } from "./table-families.js";
import { FamilyHead, inFamilies } from "./task-families.js";
import { Tag } from "./tag.js";

/** How many rows a desktop shows before "more". */
const SHORT = 5;
/** More than this many are cut short on narrow screens too, and this many are drawn at most. */
const MANY = 12;
const MOST = 200;
/** A title may have thousands of characters. */
const LONGEST_TITLE = 200;
const ICONS = { stuck: "exclamation-triangle-fill", wait: "hourglass-split", run: "record-circle-fill" };

/** The queue's items with the session that each runs in. */
export function arrange(queue, all) {
  const byId = new Map(all.map((row) => [idOf(row), row]));
  const items = queue.map((item) => ({ ...item, row: byId.get(idOf(item)) }));
  const rank = (item) => (item.row?.isStuck ? 0 : item.status === "active" ? 1 : 2);
  return items.sort((a, b) => rank(a) - rank(b));
}

/** A task of its own is cancelled; where a session is all there is, its run is stopped. */
function Act({ item, name }) {
  const { row, taskId } = item;
  if (taskId) return html`<${ActButton} action="cancel" targets=${[taskTarget(item)]} name=${name} hasWord=${false} />`;
  if (!row?.isRunning) return null;
  return html`<${ActButton} action="stop" targets=${[targetOf(row)]} name=${name} hasWord=${false} />`;
}

function Item({ item, now, fetchedAt, onOpen }) {
  const { row } = item;
  const kind = row?.isStuck ? "stuck" : item.status === "active" ? "run" : "wait";
  const elapsed = item.startedAt === null ? item.durationMs + (now - fetchedAt) : now - item.startedAt;
  const notes = {
    stuck: () => t("silent", { age: span(now - row.stuckSince, language.value) }),
    wait: () => t("waiting"),
    run: () => tokens(item.tokens),
  };
  const name = (item.title || item.taskName).slice(0, LONGEST_TITLE);
  return html`<li class=${`fd-q--${kind} ${indent(item.depth ?? 0)}`}>
    <span class="fd-q__i"><${Icon} name=${ICONS[kind]} extra=${kind === "run" ? "fd-breathe" : ""} /></span>
    <button type="button" class="fd-q__t fd-cut" disabled=${!row} onClick=${() => onOpen(row)}>
      <bdi class="fd-u">${name}</bdi>
    </button>
    <span class="fd-q__d">${running(elapsed)}</span>
    <span class="fd-q__m">
      ${row && html`<${Tag} name=${row.sessionType} />`}<span class="fd-cut"><bdi>${item.model ?? ""}</bdi></span>
    </span>
    <span class="fd-q__k">${notes[kind]()}</span>
    <span class="fd-q__x"><${Act} item=${item} name=${name} /></span>
  </li>`;
}

function Panel({ head, look = "", children, ...rest }) {
  return html`<section class=${`fd-panel fd-queue ${look}`} aria-label=${t("taskQueue")} ...${rest}>
    <div class="fd-panel__head"><h2>${t("taskQueue")}</h2>${head}</div>
    ${children}
  </section>`;
}

function Skeleton() {
  const row = (n) => html`<div key=${n} class="fd-skelrow fd-skelrow--queue">
    <span class="fd-skel fd-skel--w3"></span>
  </div>`;
  return html`<${Panel} aria-busy="true">${[1, 2, 3].map(row)}<//>`;
}

function List({ items, isLong, isGrouped, data, onOpen }) {
  const now = useSignal(serverNow);
  const fetchedAt = Date.parse(data.fetchedAt);
  const head = ({ row }) => html`<${FamilyHead} key=${`head ${idOf(row)}`} row=${row} onOpen=${onOpen} />`;
  const line = (item, place) => html`<${Item}
    key=${item.key ? idOf(item) : `${item.title}${place}`}
    item=${item}
    now=${now}
    fetchedAt=${fetchedAt}
    onOpen=${onOpen}
  />`;
  return html`<div
    class=${isLong ? "fd-queue__scroll is-long" : "fd-queue__scroll"}
    tabindex="0"
    role="group"
    aria-label=${t("taskQueue")}
  >
    <ul class=${isGrouped ? "is-grouped" : ""}>
      ${items.slice(0, MOST).map((item, place) => (item.isHead ? head(item) : line(item, place)))}
      ${items.length > MOST && html`<li key="more" class="fd-queue__rest">${t("more", { n: items.length - MOST })}</li>`}
    </ul>
  </div>`;
}

export function TaskQueue({ onOpen }) {
  const data = useSignal(snapshot);
  const all = useSignal(rows);
  const [isLong, setLong] = useState(false);
  const isGrouped = useSignal(route).params.group === "family";
  if (!data) return html`<${Skeleton} />`;
  const arranged = arrange(data.taskQueue, all);
  const items = isGrouped ? inFamilies(arranged, all) : arranged;
  const works = arranged.filter((item) => item.status === "active").length;
  const hidden = items.slice(SHORT).filter(({ isHead }) => !isHead).length;
  const head = html`<p class="fd-push">${t("queueCount", { r: works, w: arranged.length - works })}</p>`;
  const more = () => html`<button
    type="button"
    class="fd-queue__more"
    aria-expanded=${isLong}
    onClick=${() => setLong(!isLong)}
  >
    ${isLong ? t("less") : t("more", { n: hidden })}<${Icon} name="chevron-down" />
  </button>`;
  return html`<${Panel} head=${head} look=${items.length > MANY ? "is-many" : ""}>
    ${items.length === 0 && html`<p class="fd-queue__none">${t("queueEmpty")}</p>`}
    ${items.length > 0 && html`<${List} items=${items} isLong=${isLong} isGrouped=${isGrouped} data=${data} onOpen=${onOpen} />`}
    ${hidden > 0 && more()}
  <//>`;
}
