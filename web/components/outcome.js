// What became of an action: an icon and a word, and OpenClaw's own words.
import { html } from "../lib/html.js";
import { t } from "../lib/i18n.js";
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

/** One line for each target; while nothing is known of it, that it is being done. */
export function Outcomes({ targets, results, action }) {
  const line = ({ id, name }) => {
    const { outcome, detail } = results[id] ?? { outcome: null, detail: "" };
    const words = outcome === "unknown" ? [t("unknownText"), detail].filter(Boolean).join(" ") : detail;
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
  return html`<ul class="fd-ask__list" aria-live="polite">
    ${targets.map(line)}
  </ul>`;
}
