// The keyboard, and what it must leave alone.
import assert from "node:assert/strict";
import test from "node:test";
import { en, eventually, filterBox, isClosed, keysShown, pointerAway, sessionPage, stage } from "../support/page.mjs";

const here = await stage(test);

const open = async (context, options) => {
  const page = await here.open(context, options);
  await pointerAway(page);
  return page;
};
const dialog = (page) => page.getByRole("dialog");
/** The row that the keyboard stands on. */
const marked = (page) =>
  page
    .locator("tbody tr[data-key]")
    .evaluateAll((rows) =>
      rows
        .filter((row) => getComputedStyle(row).outlineStyle !== "none" || row.contains(document.activeElement))
        .map((row) => row.dataset.key),
    );

test("R asks at once, and says to a screen reader what came", async (context) => {
  const page = await open(context);
  const answer = page.waitForResponse(/\/api\/sessions/);
  await page.keyboard.press("r");
  const { total } = await (await answer).json();
  await page
    .getByRole("status")
    .filter({ hasText: new RegExp(`Refreshed: ${total} sessions`) })
    .waitFor({ state: "attached" });
});

test("/ goes to the filter; there letters are letters; Esc empties and leaves it", async (context) => {
  const page = await open(context);
  await page.keyboard.press("/");
  await eventually(async () =>
    assert.equal(await filterBox(page).evaluate((box) => box === document.activeElement), true),
  );
  assert.equal(await filterBox(page).inputValue(), "", "the slash itself is not typed");
  await page.keyboard.type("jkr?g o");
  assert.equal(await filterBox(page).inputValue(), "jkr?g o");
  assert.equal(await dialog(page).count(), 0);
  await page.keyboard.press("Escape");
  assert.equal(await filterBox(page).inputValue(), "");
  assert.equal(await filterBox(page).evaluate((box) => box === document.activeElement), false);
});

test("? lists the keys; Esc closes the list; so does its button", async (context) => {
  const page = await open(context);
  await page.keyboard.press("?");
  await dialog(page).waitFor();
  assert.match(await dialog(page).innerText(), /refresh now/);
  await page.keyboard.press("Escape");
  await dialog(page)
    .waitFor({ state: "detached" })
    .catch(async () => assert.equal(await dialog(page).count(), 0));
  await page.keyboard.press("?");
  await dialog(page).getByRole("button", { name: en.close }).click();
  await eventually(async () => assert.equal(await dialog(page).count(), 0));
});

test("j and k walk the rows, Enter opens, Esc closes", async (context) => {
  const page = await open(context);
  const keys = await keysShown(page);
  for (const [key, place] of [
    ["j", 0],
    ["j", 1],
    ["j", 2],
    ["k", 1],
    ["k", 0],
    ["k", 0],
  ]) {
    await page.keyboard.press(key);
    await eventually(async () => assert.deepEqual(await marked(page), [keys[place]], `${key} to row ${place}`)).catch(
      async (error) => {
        // The demo may have moved the rows meanwhile; then the mark must still be on a row.
        if ((await keysShown(page)).join() === keys.join()) throw error;
      },
    );
  }
  await page.keyboard.press("j");
  const [key] = await eventually(async () => {
    const all = await marked(page);
    assert.equal(all.length, 1);
    return all;
  });
  await page.keyboard.press("Enter");
  await sessionPage(page).getByRole("button", { name: key }).waitFor();
  await page.keyboard.press("Escape");
  await isClosed(page);
});

test("g and a letter change the page", async (context) => {
  const page = await open(context);
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await page.getByRole("heading", { level: 1, name: en.sourcesTitle }).waitFor();
  assert.match(page.url(), /#\/sources$/);
  await page.keyboard.press("g");
  await page.keyboard.press("o");
  await page.getByRole("table").waitFor();
  assert.match(page.url(), /#\/$/);
});

test("with Control or Command a key is the browser's", async (context) => {
  const page = await open(context);
  await page.evaluate(() =>
    document.addEventListener("keydown", (event) => {
      globalThis.wasStopped = event.defaultPrevented;
      event.preventDefault();
    }),
  );
  for (const held of ["Control", "Meta", "Alt"]) {
    await page.keyboard.press(`${held}+j`);
    assert.deepEqual([await page.evaluate(() => globalThis.wasStopped), await marked(page)], [false, []], held);
  }
});

test("Tab begins with the skip link, and it goes to the content", async (context) => {
  const page = await open(context);
  await page.keyboard.press("Tab");
  const link = page.getByRole("link", { name: en.skip });
  assert.equal(await link.evaluate((one) => one === document.activeElement), true);
  await eventually(async () => assert.ok((await link.boundingBox()).y >= 0, "it can be seen"));
  await page.keyboard.press("Enter");
  assert.equal(await page.getByRole("main").evaluate((main) => main === document.activeElement), true);
});

test("everything that can be pressed has a name and can be reached with Tab", async (context) => {
  const page = await open(context);
  const nameless = await page.locator("a, button, input").evaluateAll((all) =>
    all
      .filter((one) => one.checkVisibility() && !one.disabled)
      .filter((one) => !(one.ariaLabel || one.innerText?.trim() || one.title || one.labels?.[0]?.innerText))
      .map((one) => one.outerHTML.slice(0, 200)),
  );
  assert.deepEqual(nameless, []);
  const unreachable = await page
    .locator("a, button, input")
    .evaluateAll((all) =>
      all.filter((one) => one.checkVisibility() && one.tabIndex < 0).map((one) => one.outerHTML.slice(0, 200)),
    );
  assert.deepEqual(unreachable, []);
});
