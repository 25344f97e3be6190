// Labels, keys and models that want to be more than text; and two installations with the same keys.
import assert from "node:assert/strict";
import test from "node:test";
import { openBrowser } from "../support/browser.mjs";
import { startDashboard } from "../support/dashboard.mjs";
import {
  en,
  eventually,
  filterBox,
  isClosed,
  openPage,
  refresh,
  sessionName,
  sessionPage,
  tableRows,
} from "../support/page.mjs";
import { entry, stateDir } from "../support/state.mjs";

let browser;
test.before(async () => {
  browser = await openBrowser();
});
test.after(() => browser?.close());

const MARKUP = `<img src=x onerror="globalThis.wasRun=1"><script>globalThis.wasRun=1</script><b>bold</b>&amp;"'`;
const HOSTILE = {
  "agent:main:subagent:markup": { label: MARKUP },
  "agent:main:subagent:bidi": { label: "invoice \u202Egnp.exe\u2066\u2067 right\u0000 to \u200Fleft" },
  "agent:main:subagent:long": { label: `long ${"W".repeat(10_000)}` },
  "agent:main:subagent:words": { label: "word ".repeat(2_000) },
  "agent:main:subagent:lines": { label: "one\ntwo\r\nthree\tfour" },
  "agent:main:subagent:arabic": { label: "مرحبا بالعالم" },
  "agent:main:subagent:formula": { label: '=HYPERLINK("http://evil.invalid","x")' },
  [`agent:main:subagent:${"k".repeat(600)}`]: { label: null },
  "agent:main:telegram:direct:<svg onload=globalThis.wasRun=1>": { label: null },
  "agent:main:subagent:model": { label: "model", model: `m-${"x".repeat(500)}<i>` },
  "agent:main:subagent:error": { label: "failed one", status: "failed", lastError: "x" },
  "agent:main:subagent:zalgo": { label: "Z̸̢̧̛̛͓͙̯a̷̧̢͓͙l̶̢g̵̢o̴̧" + "\u0301".repeat(200) },
  "agent:main:subagent:template": { label: "{n} ${t} {{x}} %s" },
};

async function open(context, options) {
  const sessions = Object.fromEntries(
    Object.entries(HOSTILE).map(([key, given], place) => [key, entry(place + 1, given)]),
  );
  const folder = await stateDir(context, {
    main: sessions,
    "<b>agent": { "agent:<b>agent:main": entry(90, { label: "of a hostile agent" }) },
  });
  const server = await startDashboard(["serve", "--state-dir", folder], { context });
  const page = await openPage(context, { server, browser }, options);
  await eventually(async () => assert.ok((await tableRows(page).count()) >= Object.keys(HOSTILE).length));
  return page;
}
/** What sticks out at the right. */
const wideParts = () =>
  [...document.querySelectorAll("main *")]
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
    .map((one) => `${one.tagName} in ${one.closest("td, section")?.className}`)
    .join(", ");
const row = (page, key) => tableRows(page).and(page.locator(`[data-key=${JSON.stringify(key)}]`));

for (const [width, height] of [
  [1440, 900],
  [820, 1180],
  [390, 844],
  [320, 700],
]) {
  test(`${width} wide: hostile labels are text, run nothing, and the page keeps its width`, async (context) => {
    const page = await open(context, { width, height });
    assert.ok((await row(page, "agent:main:subagent:markup").innerText()).includes(MARKUP.slice(0, 60)));
    assert.equal(await page.evaluate(() => globalThis.wasRun), undefined);
    assert.equal(await page.locator("main :is(img, script, b > b, i)").count(), 0, "no markup became an element");
    const shape = () =>
      page.evaluate(() => ({
        wide: document.documentElement.scrollWidth - innerWidth,
        heights: [
          ...new Set(
            [...document.querySelectorAll("tbody tr[data-key]")].map((one) =>
              Math.round(one.getBoundingClientRect().height),
            ),
          ),
        ],
      }));
    const { wide, heights } = await shape();
    assert.ok(wide <= 0, `${wide} px too wide: ${await page.evaluate(wideParts)}`);
    assert.equal(heights.length, 1, `every row is as high as the others: ${heights}`);
    for (const key of Object.keys(HOSTILE)) {
      await row(page, key).getByRole("link").click();
      const main = sessionPage(page);
      await main.waitFor();
      const inside = await main.evaluate((one) => one.scrollWidth <= one.clientWidth && scrollX === 0);
      assert.ok(inside, `the page of ${key.slice(0, 60)} keeps its width: ${await page.evaluate(wideParts)}`);
      assert.ok(await main.getByRole("button", { name: en.close, exact: true }).isVisible());
      await page.keyboard.press("Escape");
      await isClosed(page);
      await tableRows(page).first().waitFor();
    }
    assert.equal(await page.evaluate(() => globalThis.wasRun), undefined);
  });
}

test("turned directions stay inside their own name", async (context) => {
  const page = await open(context);
  const isolated = await tableRows(page).evaluateAll((all) =>
    all.map((one) => one.querySelector("a bdi, bdi a, a[dir=auto]") !== null),
  );
  assert.ok(isolated.every(Boolean), "each name is set apart for the bidirectional algorithm");
  const place = await row(page, "agent:main:subagent:bidi").getByRole("cell").allInnerTexts();
  assert.match(place.at(-1), /ago$/, "the cells after it are untouched");
});

test("hostile words in the filter and in the address", async (context) => {
  const page = await open(context);
  for (const text of [MARKUP, "<script>", "\\", "[", "%00", "x".repeat(5_000), "\u202Eabc"]) {
    await filterBox(page).fill(text);
    await eventually(async () =>
      assert.ok(
        (await tableRows(page).count()) > 0 || (await page.getByRole("heading", { name: en.noMatch }).isVisible()),
      ),
    );
    assert.ok(
      await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
      "the page keeps its width",
    );
  }
  for (const hash of [
    "#/?q=%E0%A4%A",
    "#/?sort=__proto__",
    "#/?sort=constructor&order=up",
    "#/?status=__proto__",
    "#/__proto__",
    "#//evil.invalid",
  ]) {
    await page.goto(new URL(hash, page.url()).href);
    await page
      .getByRole("table")
      .or(page.getByRole("heading", { name: en.noMatch }))
      .first()
      .waitFor();
  }
  assert.equal(await page.evaluate(() => globalThis.wasRun), undefined);
});

async function refreshByKey(page) {
  const answer = page.waitForResponse(/\/api\/sessions/);
  await page.keyboard.press("r");
  await answer;
}

test("two installations may hold the same key: both are shown, and each opens itself", async (context) => {
  const one = await stateDir(context, { main: { "agent:main:main": entry(1, { label: "of the first" }) } });
  const two = await stateDir(context, { main: { "agent:main:main": entry(2, { label: "of the second" }) } });
  const server = await startDashboard(
    ["serve", "--state-dir", `first=${one}`, "--state-dir", `second=${two}`, "--refresh", "1"],
    { context },
  );
  const page = await openPage(context, { server, browser });
  const labels = () => tableRows(page).getByRole("link").allInnerTexts();
  await eventually(async () => assert.deepEqual((await labels()).sort(), ["of the first", "of the second"]));
  // With the pointer over the table its order is held; nothing may be lost or doubled by that.
  await tableRows(page).first().hover();
  await refreshByKey(page);
  await eventually(async () => assert.deepEqual((await labels()).sort(), ["of the first", "of the second"]));
  for (const label of ["of the first", "of the second"]) {
    await tableRows(page).getByRole("link", { name: label }).click();
    await sessionName(page, label).waitFor();
    await page.keyboard.press("Escape");
    await isClosed(page);
  }
});

test("where nothing changes, ages go on: an answer from the browser's cache is no clock", async (context) => {
  const folder = await stateDir(context, {
    main: { "agent:main:main": entry(1, { label: "quiet", updatedAt: Date.now() - 100_000 }) },
  });
  const server = await startDashboard(["serve", "--state-dir", folder, "--refresh", "1"], { context });
  const page = await openPage(context, { server, browser });
  await tableRows(page).getByText("quiet").waitFor();
  await tableRows(page).first().getByText("1m ago").waitFor();
  // Twenty seconds later, after many answers that say "not changed", it is two minutes.
  await tableRows(page).first().getByText("2m ago").waitFor({ timeout: 45_000 });
  await refresh(page);
  assert.equal(await tableRows(page).first().getByText("2m ago").count(), 1);
});
