// Says that a text is shown in part, and where the whole of it is.
import { html } from "../../lib/html.js";
import { t } from "../../lib/i18n.js";
import { tokens } from "../../lib/format.js";
import { Icon } from "../icon.js";

/** `at` is the path of the message's own address, `part` its place in it. */
export function wholeOf({ path, installation }, id, part) {
  const query = new URLSearchParams({ ...(part === undefined ? {} : { part }), ...(installation && { installation }) });
  return `${path}/messages/${encodeURIComponent(id)}?${query}`;
}

export function Cut({ place, id, part }) {
  if (!part.cut) return null;
  return html`<p class="fd-cutoff">
    <span>${t("convCut", { n: tokens(part.text?.length ?? part.arguments?.length ?? 0), m: tokens(part.cut) })}</span>
    <a class="fd-link" href=${wholeOf(place, id, part.part)} download>
      <${Icon} name="download" />${t("convWhole")}
    </a>
  </p>`;
}
