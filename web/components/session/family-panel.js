// The tree of a session: who started it, what it started, and what all of them took.
import { html, useSignal } from "../../lib/html.js";
import { t } from "../../lib/i18n.js";
import { exact, exactMoney, money, tokens } from "../../lib/format.js";
import { summary, wordOf } from "../../lib/family.js";
import { language } from "../../lib/prefs.js";
import { go } from "../../lib/router.js";
import { nameOf, TYPES } from "../../lib/status.js";
import { rows } from "../../lib/store.js";
import { Icon } from "../icon.js";
import { Tag } from "../tag.js";

const LONGEST_NAME = 300;
/** Deeper levels are not indented further: the name needs the room. */
const DEEPEST = 6;
const ICONS = { main: "robot", subagent: "diagram-2-fill", cron: "clock-history" };

/** `1 main, 4 subagents, 3 levels`. */
function headWords({ types, levels }) {
  const known = TYPES.filter((type) => types.has(type)).map((type) =>
    t(`pCount_${type}`, { n: types.get(type), c: exact(types.get(type)) }),
  );
  return [...known, t("pLevels", { n: levels, c: exact(levels) })].join(", ");
}

/** The live row knows the status of this second. */
function State({ member, live }) {
  if (member.gone && !live) {
    return html`<span class="fd-tag fd-tag--none"><${Icon} name="trash3" />${t("pGone")}</span>`;
  }
  if (live ? live.isStuck : member.stuckSinceMs !== null) {
    return html`<span class="fd-tag fd-tag--stuck"><${Icon} name="exclamation-triangle-fill" />${t("stuck")}</span>`;
  }
  const { runState, status } = live ?? member;
  if (runState === "failed") {
    return html`<span class="fd-tag fd-tag--failed"><${Icon} name="x-octagon-fill" />${t("failed")}</span>`;
  }
  if (!status) return html`<span class="fd-tag fd-tag--none">—</span>`;
  return html`<${Tag} name=${status} breathes=${runState === "running"} />`;
}

function Type({ type }) {
  return html`<span class=${`fd-tag fd-tag--${type}`} title=${t(type)}>
    <${Icon} name=${ICONS[type] ?? "circle"} /><span class="fd-sr">${t(type)}</span>
  </span>`;
}

function Member({ member, live, isCurrent, onOpen }) {
  const name = (nameOf(member) || member.key).slice(0, LONGEST_NAME);
  const text = html`<bdi class="fd-u">${name}</bdi>`;
  const depth = Math.min(member.depth, DEEPEST);
  return html`<li
    class=${member.gone && !live ? "is-gone" : ""}
    aria-current=${isCurrent ? "true" : undefined}
    aria-level=${member.depth + 1}
  >
    <span class=${`n d${depth}`}>
      ${member.depth > DEEPEST && html`<span class="fd-mute" title=${t("pLevelNumber", { n: member.depth + 1 })}>+${member.depth - DEEPEST}</span>`}
      <${Type} type=${member.sessionType} />
      ${
        isCurrent
          ? html`<span class="fd-cut" title=${name}>${text}</span>`
          : html`<button type="button" class="fd-cut" title=${name} onClick=${onOpen}>${text}</button>`
      }
    </span>
    <${State} member=${member} live=${live} />
    <span class="num" title=${member.tokens === null ? undefined : exact(member.tokens)}>${tokens(member.tokens)}</span>
    <span class="num" title=${member.cost === null ? t("unpriced") : exactMoney(member.cost)}><b>${money(member.cost)}</b></span>
  </li>`;
}

function Sum({ name, sum }) {
  return html`<p class="fd-tree__ft">
    <span class="fd-mute fd-cut">${name}${sum.withoutCost > 0 && `, ${t("pWithoutSessions", { n: sum.withoutCost, c: exact(sum.withoutCost) })}`}</span>
    <span></span>
    <span class="num" title=${exact(sum.tokens)}><b>${tokens(sum.tokens)}</b></span>
    <span class="num" title=${sum.cost === null ? t("unpriced") : exactMoney(sum.cost)}><b>${money(sum.cost)}</b></span>
  </p>`;
}

export function FamilyPanel({ detail, openKey }) {
  useSignal(language);
  const { family, familyOmitted, branch, wholeFamily, key, installation } = detail;
  const byKey = new Map(
    useSignal(rows)
      .filter((one) => one.installation === installation)
      .map((one) => [one.key, one]),
  );
  const isPart = branch.sessions > 1 && branch.sessions < wholeFamily.sessions;
  const show = () => go("overview", { q: `family:${wordOf(family[0].key)}`, group: "family" });
  return html`<section class="fd-panel" aria-label=${t("pFamily")}>
    <div class="fd-panel__head">
      <h2>${t("pFamily")}</h2>
      <p class="fd-cut">${family.length > 1 ? headWords(summary(family)) : t("pAlone")}</p>
      <button type="button" class="fd-btn fd-btn--sm fd-btn--ghost fd-push" onClick=${show}>
        <${Icon} name="box-arrow-up-right" />${t("pShowInTable")}
      </button>
    </div>
    <div class="fd-tree__hd" aria-hidden="true">
      <span>${t("pSession")}</span><span>${t("pStatus")}</span><span class="num">${t("pTokens")}</span><span class="num">${t("pCost")}</span>
    </div>
    <ul class="fd-tree">
      ${family.map((member) => html`<${Member} key=${member.key} member=${member} live=${byKey.get(member.key)} isCurrent=${member.key === key} onOpen=${() => openKey(member.key, installation)} />`)}
    </ul>
    ${familyOmitted > 0 && html`<p class="fd-note">${t("pMoreMembers", { n: familyOmitted, c: exact(familyOmitted) })}</p>`}
    ${isPart && html`<${Sum} name=${t("pThisBranch")} sum=${branch} />`}
    ${family.length > 1 && html`<${Sum} name=${t("pWholeBranch")} sum=${wholeFamily} />`}
  </section>`;
}
