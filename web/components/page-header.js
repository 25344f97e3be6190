// Mark, pages, connection, refresh, language, theme; on a phone the pages move to the bottom.
import { html, useSignal } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { access, signOut } from "../lib/access.js";
import { language, setLanguage, switchTheme } from "../lib/prefs.js";
import { href, route } from "../lib/router.js";
import { refresh, sources } from "../lib/store.js";
import { ConnectionPill } from "./connection-pill.js";
import { Icon } from "./icon.js";
import { SourcePill } from "./source-pill.js";

const PAGES = [
  { name: "overview", icon: "grid-1x2" },
  { name: "usage", icon: "bar-chart-line" },
  { name: "sources", icon: "database" },
];
const AUDIT = { name: "audit", icon: "journal-text" };
const FACTORY = "M2 21V9.5l6-4v4l6-4v4l6-4V3h2v18H2Zm4-3h3v-4H6v4Zm5 0h3v-4h-3v4Zm5 0h3v-4h-3v4Z";

/** A session is opened from the overview, and belongs to it. */
const currentOf = (page, name) =>
  page === name ? "page" : page === "session" && name === "overview" ? "true" : undefined;

function Links({ hasIcons }) {
  const { page } = useSignal(route);
  const { control } = useSignal(access);
  const pages = control === "off" ? PAGES : [...PAGES, AUDIT];
  return pages.map(
    ({ name, icon }) => html`<a key=${name} href=${href(name)} aria-current=${currentOf(page, name)}>
      ${hasIcons && html`<${Icon} name=${icon} />`}${t(name)}
    </a>`,
  );
}

function Brand() {
  return html`<a class="fd-brand" href=${href("overview")} aria-label="Factory Dashboard">
    <svg viewBox="0 0 24 24" aria-hidden="true"><path fill="currentColor" d=${FACTORY} /></svg>
    <span>Factory<span class="fd-hide-s"> Dashboard</span></span>
  </a>`;
}

function IconButton({ icon, name, onClick }) {
  return html`<button
    type="button"
    class="fd-btn fd-btn--icon fd-btn--ghost"
    aria-label=${name}
    title=${name}
    onClick=${onClick}
  >
    <${Icon} name=${icon} />
  </button>`;
}

/** The other language, named in its own words. */
function LanguageButton() {
  const [name, code] = [t("otherLanguage"), t("otherLanguageCode")];
  return html`<button
    type="button"
    class="fd-btn fd-btn--ghost fd-lang"
    aria-label=${name}
    title=${name}
    lang=${code}
    onClick=${() => setLanguage(code)}
  >
    <${Icon} name="translate" /><span>${name}</span>
  </button>`;
}

export function PageHeader() {
  const about = useSignal(sources);
  useSignal(language);
  // Who came in with a cookie can go out again.
  const isSignedIn = Boolean(useSignal(access).csrf);
  return html`<header class="fd-head">
    <div class="fd-head__in">
      <${Brand} />
      ${about?.demo && html`<span class="fd-demo" title=${t("simulated")}>DEMO</span>`}
      <nav class="fd-nav" aria-label=${t("pages")}><${Links} /></nav>
      <span class="fd-head__sp"></span>
      <${SourcePill} />
      <${ConnectionPill} />
      <${IconButton} icon="arrow-clockwise" name=${t("refreshNow")} onClick=${refresh} />
      <${LanguageButton} />
      <${IconButton} icon="circle-half" name=${t("theme")} onClick=${switchTheme} />
      ${isSignedIn && html`<${IconButton} icon="box-arrow-right" name=${t("signOut")} onClick=${signOut} />`}
    </div>
  </header>`;
}

export function TabBar() {
  useSignal(language);
  return html`<nav class="fd-tabbar" aria-label=${t("pages")}><${Links} hasIcons /></nav>`;
}
