// The floor: truth first, then work and figures, then every session.
import { html, useEffect, useSignal } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { openSession, takePlace } from "../lib/router.js";
import { linkTo } from "../lib/session-links.js";
import { rows, sources } from "../lib/store.js";
import { Banner } from "../components/banner.js";
import { LedgerBanner } from "../components/ledger-banner.js";
import { SessionTable } from "../components/session-table.js";
import { StatCards } from "../components/stat-cards.js";
import { TaskQueue } from "../components/task-queue.js";
import { TruthLine } from "../components/truth-line.js";

const open = (row) => openSession(linkTo(row.key, row.installation, rows.value));

/** Who comes back from a session is where they were, with the focus on its name. */
function comeBack() {
  const { y, key } = takePlace();
  if (!key) return;
  scrollTo({ top: y });
  requestAnimationFrame(() => {
    const lines = [...document.querySelectorAll("tbody tr[data-key]")];
    const name = lines.find((line) => line.dataset.key === key)?.querySelector("a");
    if (name && document.activeElement === document.body) name.focus({ preventScroll: true });
  });
}

export function Overview() {
  useEffect(comeBack, []);
  return html`<h1 class="fd-sr">${t("overview")}</h1>
    <${TruthLine} onOpen=${open} />
    <${Banner} /><${LedgerBanner} ledger=${useSignal(sources)?.ledger} />
    <div class="fd-top"><${TaskQueue} onOpen=${open} /><${StatCards} /></div>
    <${SessionTable} onOpen=${open} />`;
}
