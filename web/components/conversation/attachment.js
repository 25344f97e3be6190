// A picture or a file of a message: its kind and size, and a way to have it. Nothing of it is drawn here.
import { html } from "../../lib/html.js";
import { t } from "../../lib/i18n.js";
import { line } from "../../lib/conversation-text.js";
import { size } from "../../lib/conversation-words.js";
import { Icon } from "../icon.js";
import { wholeOf } from "./cut.js";

export function Attachment({ place, id, part }) {
  const icon = part.type === "image" ? "image" : part.type === "file" ? "paperclip" : "file-earmark";
  const word = t(part.type === "image" ? "convImage" : part.type === "file" ? "convFile" : "convOther");
  return html`<p class="fd-attached">
    <${Icon} name=${icon} />
    <span>${word} <bdi class="fd-mono">${line(part.name ?? "", 120)}</bdi></span>
    ${part.bytes > 0 && html`<span class="fd-mute">${size(part.bytes)}</span>`}
    <a class="fd-link" href=${wholeOf(place, id, part.part)} download>${t("convWhole")}</a>
  </p>`;
}
