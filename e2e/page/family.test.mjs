// Sessions and task queue by family: who stands below whom, folding, the address, the way from a session's page.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import test from "node:test";
import en from "../../web/lib/words-panels-en.js";
import { eventually, filterBox, keysShown, pointerAway, region, stage, tableRows } from "../support/page.mjs";

const here = await stage(test);
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const open = async (context, options = {}) => {
  const page = await here.open(context, options);
  await pointerAway(page);
  return page;
};
const chip = (page) => page.getByRole("button", { name: en.pByFamily });
const rowOf = (page, key) => page.locator(`tbody tr[data-key="${key}"]`);
const fold = (page, key) => rowOf(page, key).getByRole("button", { name: /^Fold|^Unfold/ });
const cost = async (page, key) =>
  Number((await rowOf(page, key).locator("b").last().innerText()).replace(/[^\d.]/g, ""));

/** The families of what the server says: children by the key of their parent. */
async function families() {
  const { sessions } = await here.get("api/sessions");
  const childrenOf = (key) => sessions.filter(({ parentKey }) => parentKey === key);
  const below = (key) => childrenOf(key).flatMap((one) => [one, ...below(one.key)]);
  const roots = sessions.filter(({ parentKey, key }) => !parentKey && childrenOf(key).length > 0);
  return { sessions, below, roots };
}

/** Every row that is drawn stands below its parent: directly, or below what that started before. */
async function assertNested(page) {
  const { sessions } = await families();
  const parents = new Map(sessions.map(({ key, parentKey }) => [key, parentKey]));
  const keys = await keysShown(page);
  const line = [];
  for (const key of keys) {
    const parent = parents.get(key);
    while (line.length > 0 && line.at(-1) !== parent) line.pop();
    assert.ok(!parent || line.at(-1) === parent || !keys.includes(parent), `${key} stands below ${parent}`);
    line.push(key);
  }
}

test("a chip groups the table; the address keeps it; without it all is as before", async (context) => {
  const page = await open(context);
  assert.equal(await chip(page).getAttribute("aria-pressed"), "false");
  await chip(page).click();
  await pointerAway(page);
  assert.match(page.url(), /group=family/);
  await eventually(() => assertNested(page));
  await page.reload();
  await tableRows(page).first().waitFor();
  await eventually(() => assertNested(page));
  await chip(page).click();
  assert.doesNotMatch(page.url(), /group/);
});

test("sorting moves families, and branches within them", async (context) => {
  const page = await open(context, { hash: "#/?group=family&sort=cost&order=desc" });
  await eventually(() => assertNested(page));
  const { below, roots } = await families();
  const best = (root) => Math.max(root.cost ?? 0, ...below(root.key).map((one) => one.cost ?? 0));
  const keys = await keysShown(page);
  const places = [...roots].sort((a, b) => best(b) - best(a)).map(({ key }) => keys.indexOf(key));
  assert.deepEqual(
    places,
    [...places].sort((a, b) => a - b),
  );
});

test("folded, a root stands for its family with the sum of all; the keyboard folds too", async (context) => {
  const page = await open(context, { hash: "#/?group=family" });
  const { below, roots } = await families();
  const root = roots.find(({ key }) => below(key).length > 2);
  const own = await cost(page, root.key);
  const before = (await keysShown(page)).length;
  await fold(page, root.key).focus();
  await page.keyboard.press("Enter");
  await eventually(async () => assert.equal((await keysShown(page)).length, before - below(root.key).length));
  assert.equal(await fold(page, root.key).getAttribute("aria-expanded"), "false");
  await eventually(async () => {
    const now = await families();
    const all = [now.sessions.find(({ key }) => key === root.key), ...now.below(root.key)];
    const sum = all.reduce((total, one) => total + (one.cost ?? 0), 0);
    assert.ok(Math.abs((await cost(page, root.key)) - sum) < 0.02, "the sum of all");
  });
  assert.ok((await cost(page, root.key)) > own);
  assert.doesNotMatch(page.url(), /sessions/, "folding opens nothing");
  if (below(root.key).some(({ stuckSinceMs }) => stuckSinceMs))
    await rowOf(page, root.key).getByText("1 stuck").waitFor();
  await fold(page, root.key).click();
  await eventually(async () => assert.equal((await keysShown(page)).length, before));
});

test("the filter leaves out parents: who is left moves up", async (context) => {
  const page = await open(context, { hash: "#/?group=family&type=subagent" });
  await eventually(() => assertNested(page));
  const { sessions } = await families();
  assert.equal((await keysShown(page)).length, sessions.filter(({ sessionType }) => sessionType === "subagent").length);
});

test("from a session's page to its family in the table, and back", async (context) => {
  const { roots, below } = await families();
  const root = roots.find(({ key }) => below(key).length > 2);
  const child = below(root.key)[0];
  const page = await here.open(context, { hash: `#/sessions/${encodeURIComponent(child.key)}`, ready: false });
  await region(page, en.pFamily).getByRole("button", { name: en.pShowInTable }).click();
  await tableRows(page).first().waitFor();
  await pointerAway(page);
  assert.equal(await filterBox(page).inputValue(), `family:${root.key}`);
  await eventually(async () => {
    const now = await families();
    assert.deepEqual((await keysShown(page)).sort(), [root, ...now.below(root.key)].map(({ key }) => key).sort());
  });
  assert.equal((await keysShown(page))[0], root.key);
  await page.goBack();
  await region(page, en.pFamily).waitFor();
});

test("the task queue too: below who started it, or below a line that names them", async (context) => {
  const page = await open(context, { hash: "#/?group=family" });
  const { taskQueue, sessions } = await here.get("api/sessions");
  const queued = new Set(taskQueue.map(({ key }) => key));
  const child = sessions.find(({ key, parentKey }) => queued.has(key) && parentKey && !queued.has(parentKey));
  const parent = sessions.find(({ key }) => key === child.parentKey);
  const queue = region(page, "Task queue");
  const items = (await queue.getByRole("listitem").allInnerTexts()).map((one) => one.split("\n")[0]);
  const head = items.indexOf(parent.label);
  assert.ok(head >= 0 && head < items.indexOf(child.label), items.join(" | "));
  await queue.getByRole("button", { name: parent.label }).click();
  await page.waitForURL((url) => url.hash.includes(encodeURIComponent(parent.key)));
});

test("j and k walk the rows of families", async (context) => {
  const page = await open(context, { hash: "#/?group=family" });
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  const focused = () => page.evaluate(() => document.activeElement.closest("tr")?.dataset.place);
  await eventually(async () => assert.equal(await focused(), "1"));
});

for (const [width, theme, language] of [
  [1440, "dark", "en"],
  [820, "light", "ko"],
  [390, "dark", "ko"],
]) {
  test(`axe finds nothing: ${width} wide, ${theme}, ${language}`, async (context) => {
    const page = await open(context, {
      hash: "#/?group=family",
      ...{ width, theme, language },
      reducedMotion: true,
      prepare: (one) => one.addInitScript(axe),
    });
    await page.locator("tbody button[aria-expanded]").first().click();
    const found = await page.evaluate(async () => {
      const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
      return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
    });
    assert.deepEqual(found, []);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
  });
}
