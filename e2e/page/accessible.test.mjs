// axe-core finds nothing to complain about: every view, theme, language and width.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import test from "node:test";
import { en, ko, stage, tableRows } from "../support/page.mjs";

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
  panel: async (page) => {
    await tableRows(page).first().getByRole("link").click();
    await page.getByRole("dialog").waitFor();
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
          await page.waitForURL((url) => !url.hash.includes("open="));
        }
        assert.deepEqual(found, {});
      });
    }
  }
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
