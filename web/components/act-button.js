// The button of an action; for who has not signed in it leads to the sign-in, and says so.
import { html, useSignal } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { access, signInHref } from "../lib/access.js";
import { ask, ICONS } from "../lib/actions.js";
import { route } from "../lib/router.js";
import { Icon } from "./icon.js";

const LOOKS = { stop: "fd-btn--stop", cancel: "fd-btn--stop", delete: "fd-btn--danger" };

/** `targets` are what it is done to; `name` says whom a button without a word is for. */
export function ActButton({ action, targets, name, isSmall = false, hasWord = true }) {
  const { control } = useSignal(access);
  useSignal(route);
  if (control === "off") return null;
  const look = ["fd-btn", LOOKS[action], isSmall && "fd-btn--sm", !hasWord && "fd-btn--icon fd-btn--ghost"];
  const word = t(`act_${action}`);
  const label = name ? t("actOn", { act: word, name }) : undefined;
  const inside = html`<${Icon} name=${ICONS[action]} />${hasWord && word}`;
  const rest = { class: look.filter(Boolean).join(" "), "aria-label": label };
  // A row around it would open itself.
  const stop = (event) => event.stopPropagation();
  if (control === "signIn") {
    const words = t("signInToAct");
    return html`<a
      ...${rest}
      href=${signInHref()}
      aria-label=${`${label ?? word}: ${words}`}
      title=${words}
      onClick=${stop}
    >
      ${inside}
    </a>`;
  }
  const press = (event) => {
    event.stopPropagation();
    ask(action, typeof targets === "function" ? targets() : targets);
  };
  return html`<button type="button" ...${rest} title=${hasWord ? undefined : label} onClick=${press}>${inside}</button>`;
}

/** The way in, in words; nothing for who is in, or where nothing may be done. */
export function SignIn() {
  const { control } = useSignal(access);
  useSignal(route);
  if (control !== "signIn") return null;
  return html`<a class="fd-btn fd-btn--sm fd-btn--ink" href=${signInHref()}>
    <${Icon} name="box-arrow-in-right" />${t("signInToAct")}
  </a>`;
}
