// Names a source in trouble beside the connection; its tooltip says what to do, and it leads to the sources page.
import { html, useSignal } from "../lib/html.js";
import { language } from "../lib/prefs.js";
import { href } from "../lib/router.js";
import { sources } from "../lib/store.js";
import { troubleOf } from "../lib/trouble.js";
import { Icon } from "./icon.js";

const LOOKS = { down: ["down", "x-octagon-fill"], degraded: ["stale", "exclamation-triangle-fill"] };

export function SourcePill() {
  const trouble = troubleOf(useSignal(sources)?.sources ?? []);
  useSignal(language);
  if (!trouble) return null;
  const { status, words, why } = trouble;
  const [look, icon] = LOOKS[status];
  return html`<a class=${`fd-conn fd-conn--source fd-conn--${look}`} href=${href("sources")} title=${why} aria-label=${`${words}. ${why}`}>
    <${Icon} name=${icon} /><b>${words}</b>
  </a>`;
}
