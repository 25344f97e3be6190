// Five thousand sessions: few rows in the document, and every one can be come to.
import assert from "node:assert/strict";
import test from "node:test";
import { openBrowser } from "../support/browser.mjs";
import { startDashboard } from "../support/dashboard.mjs";
import {
  en,
  eventually,
  filterBox,
  keysShown,
  ko,
  openPage,
  pointerAway,
  sessionName,
  tableRows,
} from "../support/page.mjs";
import { entry, stateDir } from "../support/state.mjs";

const COUNT = 5000;
/** The document never holds more rows than this. */
const FEW = 100;
const shared = {};

test.before(async () => {
  const keyed = (number) => [
    `agent:main:subagent:${String(number).padStart(8, "0")}`,
    entry(number, { updatedAt: Date.now() - 7_200_000 - number * 1000 }),
  ];
  const file = {
    after: (undo) => {
      shared.undo = undo;
    },
  };
  const folder = await stateDir(file, {
    main: Object.fromEntries(Array.from({ length: COUNT }, (_, number) => keyed(number + 1))),
  });
  shared.server = await startDashboard(["serve", "--state-dir", folder]);
  shared.browser = await openBrowser();
  await eventually(async () =>
    assert.equal((await (await fetch(`${shared.server.url}/api/sessions?limit=1`)).json()).total, COUNT),
  );
});
test.after(async () => {
  await shared.browser?.close();
  await shared.server?.stop();
  await shared.undo?.();
});

const open = async (context, options) => {
  const page = await openPage(context, shared, options);
  await page.getByText(/5,000 of 5,000 shown/).waitFor({ state: "attached" });
  return page;
};
const label = (number) => `session ${String(number).padStart(4, "0")}`;
const few = async (page) => {
  const count = await tableRows(page).count();
  assert.ok(count > 0 && count <= FEW, `${count} rows are in the document`);
};
/** No hole where rows should be: what is seen of the table is covered by rows. */
const holes = (page) =>
  page.evaluate(() => {
    const body = document.querySelector("tbody").getBoundingClientRect();
    const [from, to] = [Math.max(body.top, 120), Math.min(body.bottom, innerHeight) - 2];
    const rows = [...document.querySelectorAll("tbody tr[data-key]")].map((row) => row.getBoundingClientRect());
    const missing = [];
    for (let y = from; y < to; y += 8)
      if (!rows.some((row) => row.top - 1 <= y && row.bottom + 1 >= y)) missing.push(Math.round(y));
    return missing;
  });

for (const [width, height] of [
  [1440, 900],
  [820, 1180],
  [390, 844],
]) {
  test(`${width} wide: from the first row to the last, without a hole`, async (context) => {
    const page = await open(context, { width, height });
    await few(page);
    for (const share of [0, 0.1, 0.33, 0.5, 0.77, 0.99, 1, 0.4, 0]) {
      await page.evaluate((to) => scrollTo(0, (document.documentElement.scrollHeight - innerHeight) * to), share);
      await eventually(async () => assert.deepEqual(await holes(page), [], `at ${share * 100} %`));
      await few(page);
    }
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await eventually(async () => assert.ok(await tableRows(page).last().getByText(label(COUNT)).isVisible()));
    const last = await tableRows(page).last().boundingBox();
    assert.ok(last.y + last.height <= height, `the last row can be seen whole: ${JSON.stringify(last)}`);
  });

  test(`${width} wide: the rows are as high as the drawing of the list counts them`, async (context) => {
    const page = await open(context, { width, height });
    const total = () => page.evaluate(() => document.querySelector("tbody").getBoundingClientRect().height);
    const before = await total();
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight / 2));
    await eventually(async () => assert.deepEqual(await holes(page), []));
    assert.ok(Math.abs((await total()) - before) < 40, `${before} px before, ${await total()} px after`);
  });
}

test("a screen reader hears how many rows there are, and which one this is", async (context) => {
  const page = await open(context);
  assert.equal(await page.getByRole("table").getAttribute("aria-rowcount"), String(COUNT + 1));
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  await eventually(async () =>
    assert.equal(await tableRows(page).last().getAttribute("aria-rowindex"), String(COUNT + 1)),
  );
});

test("the keyboard scrolls: End, Home, page keys, and j walks out of the window", async (context) => {
  const page = await open(context);
  await pointerAway(page);
  await page.keyboard.press("End");
  await eventually(async () => assert.ok(await tableRows(page).getByText(label(COUNT)).isVisible()));
  await page.keyboard.press("Home");
  await eventually(async () => assert.equal(await page.evaluate(() => scrollY), 0));
  await page.keyboard.press("PageDown");
  await eventually(async () => assert.ok((await page.evaluate(() => scrollY)) > 300));
  await page.keyboard.press("Home");
  for (let step = 0; step < 120; step += 1) await page.keyboard.press("j");
  const row = tableRows(page).filter({ hasText: label(120) });
  await eventually(async () => {
    const box = await row.boundingBox();
    assert.ok(box && box.y > 52 && box.y + box.height < 900, JSON.stringify(box));
  });
  await page.keyboard.press("Enter");
  await sessionName(page, label(120)).waitFor();
});

test("Tab goes from name to name and the list follows", async (context) => {
  const page = await open(context);
  await tableRows(page).first().getByRole("link").focus();
  const seen = new Set();
  for (let step = 0; step < 90; step += 1) {
    const key = await page.evaluate(() => document.activeElement.closest("tr")?.dataset.key ?? null);
    assert.ok(key !== null, `after ${step} steps the focus is still in the list`);
    seen.add(key);
    await page.keyboard.press("Tab");
  }
  assert.equal(seen.size, 90);
});

test("a filter over all of them, also from far down", async (context) => {
  const page = await open(context);
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  await page.keyboard.press("/");
  await filterBox(page).fill("session 4999");
  await eventually(async () => assert.deepEqual(await keysShown(page), ["agent:main:subagent:00004999"]));
  assert.ok(await tableRows(page).first().isVisible());
  await filterBox(page).fill("");
  await page.getByText(/5,000 of 5,000 shown/).waitFor({ state: "attached" });
  await page.evaluate(() => scrollTo(0, 0));
  await eventually(async () => assert.deepEqual(await holes(page), []));
});

test("sorting turns the whole list, not only what is drawn", async (context) => {
  const page = await open(context);
  await page.getByRole("button", { name: en.in, exact: true }).click();
  await pointerAway(page);
  await eventually(async () => assert.ok(await tableRows(page).first().getByText(label(COUNT)).isVisible()));
  await few(page);
});

for (const { width, language } of [1440, 1200, 820, 390].flatMap((width) =>
  ["en", "ko"].map((language) => ({ width, language })),
)) {
  test(`${width} wide, ${language}: no figure of thousands is cut, no filter reaches out of its panel`, async (context) => {
    const page = await openPage(context, shared, { width, language });
    await page
      .getByText(language === "ko" ? /5,000/ : /5,000 of 5,000 shown/)
      .first()
      .waitFor({ state: "attached" });
    const words = { en, ko }[language];
    const cut = await page.evaluate(
      (names) =>
        names.flatMap((name) => {
          const box = document.querySelector(`section[aria-label="${name}"]`);
          return [...box.querySelectorAll("p, a > span, b")]
            .filter(
              (one) => one.checkVisibility() && !one.querySelector(".fd-cut") && one.scrollWidth > one.clientWidth + 1,
            )
            .filter((one) => getComputedStyle(one).display !== "inline" && getComputedStyle(one).display !== "contents")
            .map((one) => one.innerText);
        }),
      [words.rightNow, words.figures],
    );
    assert.deepEqual(cut, []);
    const chips = page.getByRole("group", { name: words.chips });
    const [panel, last] = [
      await chips.locator("xpath=ancestor::section").boundingBox(),
      await chips.getByRole("button").last().boundingBox(),
    ];
    // On a phone they are a strip that scrolls.
    if (width > 767) assert.ok(last.x + last.width <= panel.x + panel.width, JSON.stringify({ panel, last }));
  });
}
