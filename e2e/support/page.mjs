// The page as a test sees it: by roles, names and data, never by classes of the style sheet.
import assert from "node:assert/strict";
import commonEn from "../../web/lib/words-en.js";
import commonKo from "../../web/lib/words-ko.js";
import panelsEn from "../../web/lib/words-panels-en.js";
import panelsKo from "../../web/lib/words-panels-ko.js";
import sessionEn from "../../web/lib/words-session-en.js";
import sessionKo from "../../web/lib/words-session-ko.js";
import { openBrowser } from "./browser.mjs";
import { startDashboard } from "./dashboard.mjs";
import { whenDone } from "./undo.mjs";

/** How long something may take on a busy machine before a test gives up. */
export const PATIENCE_MS = 30_000;

/** What `t` calls things, in both languages, where a test needs the words. */
export const en = { ...commonEn, ...panelsEn, ...sessionEn };
export const ko = { ...commonKo, ...panelsKo, ...sessionKo };

/**
 * One server and one browser for a file of tests; `open` gives a page that shows the sessions.
 * Every page is checked for problems when its test ends, unless the test took them.
 */
export async function stage(test, args = ["demo", "--seed", "1"], settings = {}) {
  const shared = {};
  test.before(async () => {
    shared.server = await startDashboard(args, settings);
    shared.browser = await openBrowser();
  });
  test.after(async () => {
    await shared.browser?.close();
    await shared.server?.stop();
  });
  shared.open = (context, options = {}) => openPage(context, shared, options);
  shared.get = (path) => getJson(shared.server.url, path);
  return shared;
}

export async function openPage(context, { server, browser }, { hash = "", prepare, ready = true, ...options } = {}) {
  const page = await browser.page(options);
  whenDone(context, async () => {
    await page.context().close();
    assert.deepEqual(page.problems, [], "the page did nothing wrong");
  });
  await prepare?.(page);
  await page.goto(`${server.url}/${hash}`);
  if (ready) await shown(page);
  return page;
}

/** Waits until the first answer is on the page. */
export const shown = (page) => page.locator("main:not(:has([aria-busy=true]))").waitFor();

export async function getJson(url, path) {
  const response = await fetch(`${url}/${path}`);
  assert.equal(response.status, 200, path);
  return response.json();
}

/** Asks until it holds; the last failure is told. */
export async function eventually(check, patience = PATIENCE_MS) {
  const end = Date.now() + patience;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => {
        setTimeout(resolve, 50);
      });
    }
  }
}

/** The table's rows that are in the document, by key. */
export const tableRows = (page) => page.locator("tbody tr[data-key]");
export const keysShown = (page) => tableRows(page).evaluateAll((rows) => rows.map((row) => row.dataset.key));
/** The pointer away from the table, so that it does not hold its order. */
export const pointerAway = (page) => page.mouse.move(2, 2);

/** The page of a session, by its name; what is in it once it is there. */
export const sessionPage = (page) => page.locator("main:has(> :not([aria-busy]) [role=tablist])");
export const sessionName = (page, name) => page.getByRole("heading", { level: 1, name });
export const isOpen = (page) => page.waitForURL((url) => url.hash.startsWith("#/sessions/"));
export const isClosed = (page) => page.waitForURL((url) => !url.hash.startsWith("#/sessions/"));

export const filterBox = (page) => page.getByRole("searchbox");
export const region = (page, name) => page.getByRole("region", { name, exact: true }).first();

/** A new answer: presses the button and waits for what comes. */
export async function refresh(page) {
  const answer = page.waitForResponse((response) => response.url().includes("/api/sessions"));
  await page.getByRole("banner").getByRole("button", { name: /\(R\)/ }).click();
  await answer;
}
