// The sessions that cost most in the range. Those that are still listed lead to their figures.
import { html, useSignal } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { exactMoney, money } from "../lib/format.js";
import { href } from "../lib/router.js";
import { rows } from "../lib/store.js";
import { nameOf, TYPES } from "../lib/status.js";
import { span } from "../lib/usage-view.js";
import { Icon } from "./icon.js";
import { SplitBar, Tag } from "./tag.js";

const LONGEST_NAME = 300;

/** A name for a session that is no longer listed: its label, or its key without what every key begins with. */
const nameOfGone = ({ label, session }) => label || session.split(":").slice(1).join(" › ") || session || t("unknown");

function Type({ name }) {
  if (TYPES.includes(name)) return html`<${Tag} name=${name} />`;
  return html`<span class="fd-tag fd-tag--none"><${Icon} name="circle" />${t("unknown")}</span>`;
}

function Session({ group, figures, row, highest, isShared }) {
  const name = (row ? nameOf(row) : nameOfGone(group)).slice(0, LONGEST_NAME);
  const { cost } = figures;
  const parts = [
    ["ctx", cost ?? 0],
    ["none", Math.max(0, highest - (cost ?? 0))],
  ];
  const to = href("session", { key: group.session, at: isShared || !row ? group.installation : null });
  return html`<li>
    <${Type} name=${group.type} />
    <span class="fd-cut" title=${`${group.agent} › ${name}`}>
      <a href=${to}><bdi class="fd-u">${name}</bdi></a>
    </span>
    ${cost > 0 ? html`<${SplitBar} thin parts=${parts} />` : html`<span></span>`}
    <b title=${cost === null ? undefined : exactMoney(cost)}>${cost === null ? t("uUnpriced") : money(cost)}</b>
  </li>`;
}

export function UsageSessions({ data }) {
  const all = useSignal(rows);
  const { groups, groupTotals, groupsLeftOut } = data.sessions;
  const sums = new Map(groupTotals.map((one) => [one.group, one]));
  const highest = Math.max(0, ...groupTotals.map(({ cost }) => cost ?? 0));
  const line = (group, place) => {
    const same = all.filter((row) => row.key === group.session);
    const row = same.find(({ installation }) => installation === group.installation);
    return html`<${Session}
      key=${`${group.installation} ${group.session}`}
      group=${group}
      figures=${sums.get(place)}
      row=${row}
      highest=${highest}
      isShared=${same.length > 1}
    />`;
  };
  return html`<section class="fd-panel fd-top8" aria-label=${t("uTopSessions")}>
    <div class="fd-panel__head">
      <h2>${t("uTopSessions")}</h2>
      <p class="fd-cut">${t("uTopNote", { days: span(data.choice) })}</p>
    </div>
    ${
      groups.length > 0
        ? html`<ol class="fd-rank">
          ${groups.map(line)}
        </ol>`
        : html`<p class="fd-queue__none">${t("uNoneInRange")}</p>`
    }
    ${groupsLeftOut > 0 && html`<p class="fd-rank__more">${t("uMoreSessions", { n: groupsLeftOut })}</p>`}
  </section>`;
}
