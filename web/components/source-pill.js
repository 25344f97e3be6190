// Names a source in trouble beside the connection; its tooltip says what to do, and it leads to the sources page.
import { html, useSignal } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { language } from "../lib/prefs.js";
import { href } from "../lib/router.js";
import { sources } from "../lib/store.js";
import { Icon } from "./icon.js";

const LOOKS = { down: ["down", "x-octagon-fill"], degraded: ["stale", "exclamation-triangle-fill"] };

export function SourcePill() {
  const about = useSignal(sources);
  useSignal(language);
  const troubled = (about?.sources ?? []).filter(({ status }) => status in LOOKS);
  if (troubled.length === 0) return null;
  const worst = troubled.find(({ status }) => status === "down") ?? troubled[0];
  const [look, icon] = LOOKS[worst.status];
  const words =
    troubled.length === 1 ? `${worst.kind}: ${t(worst.status)}` : t("sourcesTroubled", { n: troubled.length });
  const why = troubled.map(({ installation, kind, detail }) => `${installation} · ${kind}: ${detail}`).join("\n");
  return html`<a class=${`fd-conn fd-conn--source fd-conn--${look}`} href=${href("sources")} title=${why} aria-label=${`${words}. ${why}`}>
    <${Icon} name=${icon} /><b>${words}</b>
  </a>`;
}
