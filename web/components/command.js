// A command or a key that can be copied.
import { html, useRef, useState } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { Icon } from "./icon.js";

export function Command({ text }) {
  const words = useRef(null);
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      // No clipboard without a secure context: the text is selected instead, to be copied by hand.
      getSelection().selectAllChildren(words.current);
    }
  };
  return html`<button
    type="button"
    class="fd-cmd"
    aria-label=${`${t("copy")}: ${text}`}
    title=${isCopied ? t("copied") : t("copy")}
    onClick=${copy}
  >
    <span ref=${words}>${text}</span><${Icon} name=${isCopied ? "check-circle-fill" : "copy"} />
  </button>`;
}
