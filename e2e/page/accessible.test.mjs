// axe-core finds nothing to complain about: every view, theme, language and width.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import test from "node:test";
import { startDashboard } from "../support/dashboard.mjs";
import { en, isClosed, ko, sessionPage, shown, stage, tableRows } from "../support/page.mjs";
import { whenDone } from "../support/undo.mjs";

const here = await stage(test);
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe says, in a line per rule and element. */
async function violations(page) {
  const { violations: found } = await page.evaluate(() =>
    globalThis.axe.run(document, { resultTypes: ["violations"] }),
  );
  return found.flatMap((rule) =>
    rule.nodes.map(
      (node) =>
        `${rule.id} (${rule.impact}): ${node.target.join(" ")} ${node.html.slice(0, 120)} ${node.any[0]?.message ?? rule.help}`,
    ),
  );
}

/** Each view, and how it is come to. */
const VIEWS = {
  overview: async () => {},
  session: async (page) => {
    await tableRows(page).first().getByRole("link").click();
    await sessionPage(page).waitFor();
    await shown(page);
  },
  keys: async (page) => {
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
  },
  "no match": async (page, words) => {
    await page.getByRole("searchbox").fill("cost>100000");
    await page.getByRole("heading", { name: words.noMatch }).waitFor();
  },
  sources: async (page, words) => {
    await page.goto(`${here.server.url}/#/sources`);
    await page.getByRole("heading", { level: 1, name: words.sourcesTitle }).waitFor();
  },
};

for (const width of [1440, 820, 390]) {
  for (const theme of ["dark", "light"]) {
    for (const language of ["en", "ko"]) {
      test(`${width} wide, ${theme}, ${language}`, async (context) => {
        const page = await here.open(context, {
          width,
          height: 900,
          theme,
          language,
          reducedMotion: true,
          prepare: (one) => one.addInitScript(axe),
        });
        const found = {};
        for (const [view, come] of Object.entries(VIEWS)) {
          await come(page, { en, ko }[language]);
          const list = await violations(page);
          if (list.length > 0) found[view] = list;
          await page.keyboard.press("Escape");
          await isClosed(page);
        }
        assert.deepEqual(found, {});
      });
    }
  }
}

/** What can be done to sessions, and what became of it; the outcomes are the test's. */
const OUTCOMES = ["done", "not_running", "refused", "unknown", "pending"];
const entries = OUTCOMES.map((outcome, place) => ({
  id: String(10 - place),
  at: Date.UTC(2026, 10, 27, 7, 0, place),
  who: place % 2 ? "bearer" : "browser",
  from: "127.0.0.1",
  installation: "demo",
  action: "stop",
  key: place % 2 ? null : "agent:main:main",
  taskId: place % 2 ? "t-9" : null,
  outcome,
  detail: place % 2 ? null : "in words ".repeat(30),
  durationMs: 120,
}));
async function controlled(page) {
  await page.addInitScript(axe);
  await page.route(/\/api\/access/, (route) =>
    route.fulfill({ json: { reader: "open", control: "allowed", csrf: "a-csrf-token" } }),
  );
  await page.route(/\/api\/audit/, (route) => route.fulfill({ json: { entries, next: null } }));
  let asked = 0;
  await page.route(/\/actions$/, (route) => {
    const outcome = OUTCOMES[asked % OUTCOMES.length];
    asked += 1;
    return route.fulfill({ json: { outcome, detail: `said of ${asked}` } });
  });
}
for (const width of [1440, 390]) {
  for (const theme of ["dark", "light"]) {
    test(`what controls, ${width} wide, ${theme}`, async (context) => {
      const page = await here.open(context, { width, height: 900, theme, reducedMotion: true, prepare: controlled });
      const found = {};
      const look = async (view) => {
        const list = await violations(page);
        if (list.length > 0) found[view] = list;
      };
      const dialog = page.getByRole("dialog");
      const bar = page.getByRole("toolbar", { name: en.selection });
      const boxes = page.locator("tbody").getByRole("checkbox");
      await tableRows(page)
        .first()
        .getByRole("button", { name: /^Actions for/ })
        .click();
      await look("menu");
      await page.getByRole("menuitem", { name: en.act_delete }).click();
      await dialog.getByRole("textbox").waitFor();
      await look("question for one");
      await page.keyboard.press("Escape");
      for (const place of [0, 1, 2, 3, 4]) await boxes.nth(place).click();
      await bar.getByText("5 selected").waitFor();
      await look("selection");
      await bar.getByRole("button", { name: en.act_reset }).click();
      await dialog.getByRole("button", { name: "Reset 5" }).waitFor();
      await look("question for many");
      await dialog.getByRole("button", { name: "Reset 5" }).click();
      await dialog.getByRole("button", { name: en.askAgain }).waitFor();
      await look("outcomes");
      await page.keyboard.press("Escape");
      await page.goto(`${here.server.url}/#/audit`);
      await page.getByRole("cell", { name: "task t-9" }).first().waitFor();
      await look("audit");
      const { scrollWidth, clientWidth } = await page
        .getByRole("group", { name: en.auditEntries })
        .evaluate((one) => ({ scrollWidth: one.scrollWidth, clientWidth: one.clientWidth }));
      assert.ok(scrollWidth <= clientWidth, "the audit log does not scroll sideways");
      assert.deepEqual(found, {});
    });
  }
}

for (const theme of ["dark", "light"]) {
  test(`the sign-in page, ${theme}`, async (context) => {
    const server = await startDashboard(["demo", "--seed", "1", "--allow-control"], { context });
    const page = await here.browser.page({ theme });
    whenDone(context, () => page.context().close());
    await page.addInitScript(axe);
    await page.goto(`${server.url}/sign-in`);
    assert.deepEqual(await violations(page), []);
    await page.getByLabel("Token").fill("not the token");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").waitFor();
    assert.deepEqual(await violations(page), []);
  });
}

test("a page has one main part, one first heading at most, and its landmarks have names", async (context) => {
  const page = await here.open(context);
  assert.equal(await page.getByRole("main").count(), 1);
  const unnamed = await page
    .locator("section, nav, [role=region]")
    .evaluateAll((all) =>
      all
        .filter((one) => one.checkVisibility() && !one.ariaLabel && !one.getAttribute("aria-labelledby"))
        .map((one) => one.outerHTML.slice(0, 100)),
    );
  assert.deepEqual(unnamed, []);
});

test("colour is never alone: each status, type and level has an icon and a word", async (context) => {
  const page = await here.open(context);
  const rows = await tableRows(page).evaluateAll((all) =>
    all.map((row) =>
      ["status", "type", "cost"].map((name, place) => {
        const cell = [...row.cells][[0, 2, 9][place]];
        return { name, icons: cell.querySelectorAll("svg use").length, word: /\p{L}{3,}/u.test(cell.innerText) };
      }),
    ),
  );
  for (const cells of rows) for (const one of cells) assert.ok(one.icons > 0 && one.word, JSON.stringify(one));
});
