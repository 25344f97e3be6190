// Pictures of the page: node e2e/shots.mjs OUTDIR [URL], or node e2e/shots.mjs --docs for those in the README.
// They are looked at by people; nothing is compared here.
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { openBrowser } from "./support/browser.mjs";
import { startDashboard } from "./support/dashboard.mjs";
import { shown, tableRows } from "./support/page.mjs";
import { entry, stateDir } from "./support/state.mjs";

const DOCS = fileURLToPath(new URL("../docs/img/", import.meta.url));
const DESKTOP = { width: 1440, height: 900 };
const TABLET = { width: 820, height: 1180 };
const PHONE = { width: 390, height: 844 };

const undos = [];
/** What a test's context is for a test: a place to say what must be undone. */
const session = { after: (undo) => undos.push(undo) };

async function picture(browser, url, file, { hash = "", full = false, act, ...options }) {
  const page = await browser.page({ reducedMotion: true, ...options });
  await page.goto(`${url}/${hash}`);
  await shown(page);
  await page.evaluate(() => document.fonts.ready);
  await act?.(page);
  await page.mouse.move(2, 2);
  await page.screenshot({ path: file, fullPage: full });
  console.log(`${path.basename(file)}${page.problems.length > 0 ? `  PROBLEMS: ${page.problems.join("; ")}` : ""}`);
  await page.context().close();
}

const demo = async () => (await startDashboard(["demo", "--seed", "1"], { context: session })).url;

async function docs(browser) {
  await mkdir(DOCS, { recursive: true });
  const url = await demo();
  for (const [name, options] of [
    ["overview-dark", { ...DESKTOP, theme: "dark" }],
    ["overview-light", { ...DESKTOP, theme: "light" }],
    ["overview-ko-dark", { ...DESKTOP, theme: "dark", language: "ko" }],
    ["phone-dark", { ...PHONE, theme: "dark" }],
    ["usage-dark", { ...DESKTOP, height: 1180, theme: "dark", hash: "#/usage" }],
  ])
    await picture(browser, url, path.join(DOCS, `${name}.png`), options);
}

const open = async (page) => {
  await tableRows(page).first().getByRole("link").click();
  await page.getByRole("dialog").waitFor();
};
const down = (page) => page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight / 2));

async function everything(browser, folder, given) {
  await mkdir(folder, { recursive: true });
  const url = given ?? (await demo());
  const take = (name, options, address = url) => picture(browser, address, path.join(folder, `${name}.png`), options);
  for (const theme of ["dark", "light"]) {
    for (const size of [DESKTOP, TABLET, PHONE]) {
      await take(`overview-${size.width}-${theme}`, { ...size, theme });
      await take(`overview-${size.width}-${theme}-full`, { ...size, theme, full: true });
      await take(`usage-${size.width}-${theme}`, { ...size, theme, full: true, hash: "#/usage" });
    }
    await take(`overview-1440-ko-${theme}`, { ...DESKTOP, theme, language: "ko" });
    await take(`usage-1440-ko-${theme}`, { ...DESKTOP, theme, language: "ko", full: true, hash: "#/usage" });
    await take(`sources-1440-${theme}`, { ...DESKTOP, theme, hash: "#/sources" });
    await take(`panel-1440-${theme}`, { ...DESKTOP, theme, act: open });
  }
  await take("overview-390-ko-dark", { ...PHONE, language: "ko" });
  await take("panel-390-dark", { ...PHONE, act: open });
  await take("sources-390-dark", { ...PHONE, hash: "#/sources" });
  await take("keys-1440-dark", { ...DESKTOP, act: (page) => page.keyboard.press("?") });
  await take("no-match-1440-dark", { ...DESKTOP, hash: "#/?q=cost%3E100000" });
  if (given) return;
  const empty = await startDashboard(["serve", "--state-dir", await stateDir(session, {})], { context: session });
  for (const size of [DESKTOP, PHONE]) await take(`empty-${size.width}-dark`, size, empty.url);
  const many = Object.fromEntries(
    Array.from({ length: 5000 }, (_, number) => [
      `agent:main:subagent:${String(number).padStart(8, "0")}`,
      entry(number + 1),
    ]),
  );
  const large = await startDashboard(["serve", "--state-dir", await stateDir(session, { main: many })], {
    context: session,
  });
  for (const size of [DESKTOP, PHONE]) await take(`many-${size.width}-dark`, { ...size, act: down }, large.url);
}

const [target, url] = process.argv.slice(2);
if (!target) {
  console.error("usage: node e2e/shots.mjs OUTDIR [URL]   or   node e2e/shots.mjs --docs");
  process.exit(2);
}
const browser = await openBrowser();
try {
  await (target === "--docs" ? docs(browser) : everything(browser, path.resolve(target), url));
} finally {
  await browser.close();
  for (const undo of undos.reverse()) await undo();
}
