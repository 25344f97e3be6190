// What became of an action: an icon and a word, and OpenClaw's own words.
import { html } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { fromServer } from "../lib/server-words.js";
import { exact } from "../lib/format.js";
import { Icon } from "./icon.js";

const LOOKS = {
  done: ["check-circle-fill", "ok"],
  not_running: ["slash-circle", "none"],
  refused: ["x-octagon-fill", "failed"],
  unknown: ["question-circle", "stuck"],
  pending: ["hourglass-split", "none"],
};

export function Outcome({ outcome }) {
  const [icon, look] = LOOKS[outcome] ?? LOOKS.unknown;
  return html`<span class=${`fd-tag fd-tag--${look}`}><${Icon} name=${icon} />${t(`outcome_${outcome}`)}</span>`;
}

/** So many lines are drawn; of more, first what went wrong. */
const LINES = 200;

function drawn(targets, results) {
  if (targets.length <= LINES) return targets;
  const isTrouble = ({ id }) => ["refused", "unknown"].includes(results[id]?.outcome);
  const shown = new Set([...new Set([...targets.filter(isTrouble), ...targets])].slice(0, LINES));
  return targets.filter((target) => shown.has(target));
}

/** How many of each outcome: `4 done · 1 refused`. */
export function tally(results) {
  const counts = Object.values(results).reduce(
    (all, { outcome }) => ({ ...all, [outcome]: (all[outcome] ?? 0) + 1 }),
    {},
  );
  const known = Object.keys(LOOKS).filter((outcome) => counts[outcome]);
  return known.map((outcome) => `${exact(counts[outcome])} ${t(`outcome_${outcome}`)}`).join(" · ");
}

/** One line for each target; while nothing is known of it, that it is being done. */
export function Outcomes({ targets, results, action }) {
  const line = ({ id, name }) => {
    const { outcome, detail } = results[id] ?? { outcome: null, detail: "" };
    const said = fromServer(detail);
    const words = outcome === "unknown" ? [t("unknownText"), said].filter(Boolean).join(" ") : said;
    return html`<li key=${id}>
      <span class="fd-cut"><bdi>${name}</bdi></span>
      ${
        outcome
          ? html`<${Outcome} outcome=${outcome} />`
          : html`<span class="fd-tag fd-tag--none"><${Icon} name="hourglass-split" />${t(`busy_${action}`)}</span>`
      }
      ${words && html`<p><bdi>${words.slice(0, 500)}</bdi></p>`}
    </li>`;
  };
  const shown = drawn(targets, results);
  const more = targets.length - shown.length;
  return html`<ul class="fd-ask__list" aria-live=${targets.length === 1 ? "polite" : undefined}>
    ${shown.map(line)}
    ${more > 0 && html`<li key="more" class="fd-mute">${t("more", { n: exact(more) })}</li>`}
  </ul>`;
}
