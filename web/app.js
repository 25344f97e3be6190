// Start: language and theme on the document, keys of every page, the store, the router.
import { effect, html, render, useSignal } from "./lib/html.js";
import { t } from "./lib/i18n.js";
import { useKeys } from "./lib/use-keys.js";
import { language, theme } from "./lib/prefs.js";
import { access, readAccess } from "./lib/access.js";
import { go, route } from "./lib/router.js";
import { bringIcons } from "./lib/sprite.js";
import { askedTotal, refresh, rows, snapshot, start } from "./lib/store.js";
import { AskDialog } from "./components/ask-dialog.js";
import { KeysDialog } from "./components/keys-dialog.js";
import { PageHeader, TabBar } from "./components/page-header.js";
import { Audit } from "./pages/audit.js";
import { Overview } from "./pages/overview.js";
import { Session } from "./pages/session.js";
import { Sources } from "./pages/sources.js";
import { Usage } from "./pages/usage.js";

const PAGES = { overview: Overview, usage: Usage, sources: Sources, audit: Audit };

effect(() => {
  document.documentElement.lang = language.value;
});
effect(() => {
  if (theme.value) document.documentElement.dataset.bsTheme = theme.value;
  else delete document.documentElement.dataset.bsTheme;
});
effect(() => {
  // An opened session gives the window its own name.
  if (route.value.page === "session") return;
  const live = rows.value.filter((row) => row.isRunning).length;
  document.title = snapshot.value ? `${live} ${t("liveNow")} · Factory Dashboard` : "Factory Dashboard";
});

function Outcome() {
  const total = useSignal(askedTotal);
  return html`<p class="fd-sr" role="status">${total === null ? "" : t("refreshed", { n: total })}</p>`;
}

function App() {
  const { page } = useSignal(route);
  useSignal(language);
  const Page = PAGES[page];
  useKeys({
    r: refresh,
    "g o": () => go("overview"),
    "g u": () => go("usage"),
    "g s": () => go("sources"),
    "g a": () => access.value.control !== "off" && go("audit"),
  });
  const skip = (event) => {
    event.preventDefault();
    document.getElementById("main").focus();
  };
  return html`<a class="fd-skip" href="#main" onClick=${skip}>${t("skip")}</a>
    <${PageHeader} />
    ${
      page === "session"
        ? html`<${Session} key="session" />`
        : html`<main key="page" class="fd-page" id="main" tabindex="-1"><${Page} /></main>`
    }
    <${TabBar} />
    <${KeysDialog} />
    <${AskDialog} />
    <${Outcome} />`;
}

bringIcons();
render(html`<${App} />`, document.getElementById("app"));
readAccess();
// Somebody may have signed in or out in another window.
document.addEventListener("visibilitychange", () => document.hidden || readAccess());
start();
