// The floor: truth first, then work and figures, then every session.
import { html, useSignal } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { route, setParams } from "../lib/router.js";
import { rows, sources } from "../lib/store.js";
import { Banner } from "../components/banner.js";
import { LedgerBanner } from "../components/ledger-banner.js";
import { SessionPanel } from "../components/session-panel.js";
import { SessionTable } from "../components/session-table.js";
import { StatCards } from "../components/stat-cards.js";
import { TaskQueue } from "../components/task-queue.js";
import { TruthLine } from "../components/truth-line.js";

/** `at` names the installation only where another one holds the same key. */
function open(row) {
  const isShared = rows.value.some((one) => one.key === row.key && one.installation !== row.installation);
  setParams({ open: row.key, at: isShared ? row.installation : null });
}
const close = () => setParams({ open: null, at: null });

export function Overview() {
  const { params } = useSignal(route);
  const all = useSignal(rows);
  const opened =
    params.open && all.find((row) => row.key === params.open && [undefined, row.installation].includes(params.at));
  return html`<h1 class="fd-sr">${t("overview")}</h1>
    <${TruthLine} onOpen=${open} />
    <${Banner} /><${LedgerBanner} ledger=${useSignal(sources)?.ledger} />
    <div class="fd-top"><${TaskQueue} onOpen=${open} /><${StatCards} /></div>
    <${SessionTable} onOpen=${open} />
    <${SessionPanel} row=${opened} onOpen=${open} onClose=${close} />`;
}
