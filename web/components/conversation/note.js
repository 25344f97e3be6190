// What happened to the conversation itself: it was compacted, reset, broken off, given another model.
import { html } from "../../lib/html.js";
import { t } from "../../lib/i18n.js";
import { clock, tokens } from "../../lib/format.js";
import { line } from "../../lib/conversation-text.js";
import { Icon } from "../icon.js";
import { Fold } from "./tool-call.js";
import { PlainText } from "./rich-text.js";

const ICONS = {
  compaction: "arrows-collapse",
  reset: "eraser",
  modelChange: "arrow-repeat",
  thinkingLevel: "lightbulb",
  aborted: "slash-circle",
  promptError: "x-octagon-fill",
  unanswered: "x-octagon-fill",
  tooLong: "file-earmark",
  other: "info-circle",
};

function words({ note, tokensBefore, tokensAfter, detail, at }) {
  const time = at ? clock(at) : "";
  if (note === "compaction") {
    const key = tokensBefore && tokensAfter ? "convCompactedTo" : tokensBefore ? "convCompactedFrom" : "convCompacted";
    return t(key, { time, n: tokens(tokensBefore), m: tokens(tokensAfter) });
  }
  const short = line(detail ?? "", 300);
  return t(short ? `convNote_${note}` : `convNote_${note}_bare`, { time, what: short });
}

/** Of a long text (what a compaction kept) only a line stands in the mark; the rest is folded. */
export function Note({ message, view }) {
  const kind = ICONS[message.note] ? message.note : "other";
  const look = ICONS[kind] === "x-octagon-fill" ? "fd-mark fd-mark--failed" : "fd-mark";
  const texts = message.parts?.map(({ text }) => text).filter(Boolean) ?? [];
  const long = [message.note === "compaction" ? message.detail : null, ...texts].filter(Boolean).join("\n\n");
  return html`<div class=${look}>
    <p><${Icon} name=${ICONS[kind]} /><bdi>${words({ ...message, note: kind })}</bdi></p>
    ${
      long &&
      html`<${Fold} look="fd-tool" isFound=${Boolean(view.query)} head=${html`<b>${t(kind === "compaction" ? "convKept" : "convSummary")}</b>`}>
      ${() => html`<${PlainText} text=${long} query=${view.query} language=${view.language} />`}
    <//>`
    }
  </div>`;
}
