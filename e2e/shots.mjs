// Pictures of the page: node e2e/shots.mjs OUTDIR [URL], or node e2e/shots.mjs --docs for those in the README.
// They are looked at by people; nothing is compared here.
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { openBrowser } from "./support/browser.mjs";
import { startDashboard } from "./support/dashboard.mjs";
import { sessionPage, shown, tableRows } from "./support/page.mjs";
import { entry, stateDir } from "./support/state.mjs";

const DOCS = fileURLToPath(new URL("../docs/img/", import.meta.url));
const DESKTOP = { width: 1440, height: 900 };
const TABLET = { width: 820, height: 1180 };
const PHONE = { width: 390, height: 844 };

const undos = [];
/** What a test's context is for a test: a place to say what must be undone. */
const session = { after: (undo) => undos.push(undo) };

async function picture(browser, url, file, { hash = "", full = false, prepare, act, ...options }) {
  const page = await browser.page({ reducedMotion: true, ...options });
  await prepare?.(page);
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

const open = async (page) => {
  await tableRows(page).first().getByRole("link").click();
  await sessionPage(page).waitFor();
  await page.locator(".fd-msg, .fd-empty").last().waitFor();
  await page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
};

async function docs(browser) {
  await mkdir(DOCS, { recursive: true });
  const url = await demo();
  for (const [name, options] of [
    ["overview-dark", { ...DESKTOP, theme: "dark" }],
    ["overview-light", { ...DESKTOP, theme: "light" }],
    ["overview-ko-dark", { ...DESKTOP, theme: "dark", language: "ko" }],
    ["phone-dark", { ...PHONE, theme: "dark" }],
    ["session-dark", { ...DESKTOP, height: 1130, theme: "dark", act: open }],
    ["usage-dark", { ...DESKTOP, height: 1180, theme: "dark", hash: "#/usage" }],
  ])
    await picture(browser, url, path.join(DOCS, `${name}.png`), options);
}

/** What the page is told of who may act, and of what was done: nothing is done to anybody here. */
const OUTCOMES = ["done", "done", "refused", "done", "unknown", "not_running", "done"];
const DETAILS = { refused: "INVALID_REQUEST: this session has no user message to send again", unknown: "" };
const ACTIONS = ["stop", "restart", "send", "compact", "reset", "delete", "cancel"];
const audited = (number, key) => ({
  id: String(1000 - number),
  at: Date.now() - number * 97_000,
  who: number % 3 === 2 ? "bearer" : "browser",
  from: number % 5 === 4 ? "2001:db8:85a3::8a2e:370:7334" : "127.0.0.1",
  installation: "demo",
  action: ACTIONS[number % ACTIONS.length],
  key: number % ACTIONS.length === 6 ? null : key,
  taskId: number % ACTIONS.length === 6 ? "task-0042" : null,
  outcome: OUTCOMES[number % OUTCOMES.length],
  detail: DETAILS[OUTCOMES[number % OUTCOMES.length]] ?? (number % ACTIONS.length === 0 ? "aborted 1 run" : ""),
  durationMs: 120 + number,
});
async function mayAct(page) {
  await page.route(/\/api\/access/, (route) =>
    route.fulfill({ json: { reader: "open", control: "allowed", csrf: "x" } }),
  );
  let count = 0;
  await page.route(/\/actions$/, (route) => {
    const outcome = OUTCOMES[count++ % OUTCOMES.length];
    return route.fulfill({ json: { outcome, detail: DETAILS[outcome] ?? "" } });
  });
  await page.route(/\/api\/audit/, async (route) => {
    const { sessions } = await (await fetch(new URL("/api/sessions?limit=20", route.request().url()))).json();
    const entries = Array.from({ length: 40 }, (_, number) => audited(number, sessions[number % sessions.length].key));
    return route.fulfill({ json: { entries, next: "960" } });
  });
}
const noEntries = async (page) => {
  await mayAct(page);
  await page.route(/\/api\/audit/, (route) => route.fulfill({ json: { entries: [], next: null } }));
};
const bar = (page) => page.getByRole("toolbar");
async function select(page) {
  await tableRows(page).nth(1).scrollIntoViewIfNeeded();
  for (const place of [1, 2, 4]) await tableRows(page).nth(place).getByRole("checkbox").click();
  await bar(page).waitFor();
}
/** The question of the action at this place of the bar: Stop comes first, Delete last. */
const ask = (place) => async (page) => {
  await select(page);
  await bar(page).locator("div").getByRole("button").nth(place).click();
  await sessionPage(page).waitFor();
};
async function answer(page) {
  await ask(-2)(page);
  await page.locator("dialog[open] button[type=submit]").click();
  await page.locator("dialog[open] [aria-busy=false]").waitFor();
}
async function menu(page) {
  await tableRows(page).nth(2).getByRole("button").last().click();
  await page.getByRole("menu").waitFor();
}
const AUDIT = { prepare: mayAct, hash: "#/audit" };

/** What can be done, at every width, both themes and both languages among them. */
async function controls(take) {
  const looks = [
    [DESKTOP, "dark", "en"],
    [DESKTOP, "light", "ko"],
    [TABLET, "light", "en"],
    [PHONE, "dark", "en"],
    [PHONE, "light", "ko"],
  ];
  for (const [size, theme, language] of looks) {
    const end = `${size.width}-${language}-${theme}`;
    const look = { ...size, theme, language, prepare: mayAct };
    await take(`selection-${end}`, { ...look, act: select });
    await take(`ask-stop-${end}`, { ...look, act: ask(0) });
    await take(`ask-delete-${end}`, { ...look, act: ask(-1) });
    await take(`outcomes-${end}`, { ...look, act: answer });
    await take(`menu-${end}`, { ...look, act: menu });
    await take(`audit-${end}`, { ...look, ...AUDIT });
    await take(`audit-empty-${end}`, { ...look, ...AUDIT, prepare: noEntries });
  }
}

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
  await controls(take);
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
