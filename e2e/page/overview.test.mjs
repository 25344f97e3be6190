// What leads where on the overview: cards, queue, truth line, rows, and the panel of one session.
import assert from "node:assert/strict";
import test from "node:test";
import { exact, exactMoney } from "../../web/lib/format.js";
import {
  en,
  eventually,
  isClosed,
  isOpen,
  keysShown,
  pointerAway,
  region,
  sessionName,
  sessionPage,
  stage,
  tableRows,
} from "../support/page.mjs";

const here = await stage(test);
const pressed = (page, name) =>
  page
    .getByRole("group", { name: en.chips })
    .getByRole("button", { name: new RegExp(`^${name} \\d`) })
    .getAttribute("aria-pressed");
const sortOf = (page) =>
  page
    .locator("th[aria-sort]")
    .evaluateAll((all) => all.map((one) => `${one.innerText.trim()} ${one.getAttribute("aria-sort")}`));
const link = (page, name, area = en.figures) => region(page, area).getByRole("link").filter({ hasText: name });

test("every stat card leads to its rows", async (context) => {
  const page = await here.open(context);
  assert.equal(await region(page, en.figures).getByRole("link").count(), 6);
  await link(page, en.activeSessions).click();
  await eventually(async () =>
    assert.deepEqual([await pressed(page, "active"), await pressed(page, "idle")], ["true", "false"]),
  );
  await link(page, en.byStatus).click();
  await eventually(async () =>
    assert.deepEqual(
      [await pressed(page, "active"), await pressed(page, "idle"), await pressed(page, "stale")],
      ["true", "true", "false"],
    ),
  );
  for (const [name, order] of [
    [en.byType, `${en.type} ascending`],
    [en.totalCost, `${en.cost} descending`],
    [en.tokens, /^Cache descending/i],
    [en.contextInUse, `${en.context} descending`],
  ]) {
    await link(page, name).click();
    await eventually(async () => {
      const [sort] = await sortOf(page);
      if (order instanceof RegExp) assert.match(sort, order);
      else assert.equal(sort, order);
    });
  }
  await page.goBack();
  await eventually(async () => assert.match((await sortOf(page))[0], /^Cache/i));
});

test("the line of truth leads to what it counts", async (context) => {
  const page = await here.open(context);
  await link(page, en.liveNow, en.rightNow).click();
  await eventually(async () => {
    const { sessions } = await here.get("api/sessions");
    assert.deepEqual(
      (await keysShown(page)).sort(),
      sessions
        .filter((row) => row.runState === "running")
        .map((row) => row.key)
        .sort(),
    );
  });
  await link(page, en.spentToday, en.rightNow).click();
  await eventually(async () => assert.deepEqual(await sortOf(page), [`${en.cost} descending`]));
  await link(page, "of 4", en.rightNow).click();
  await page.getByRole("heading", { level: 1, name: en.sourcesTitle }).waitFor();
});

test("what is stuck is named, and opens", async (context) => {
  const page = await here.open(context);
  const { sessions } = await here.get("api/sessions");
  const stuck = sessions.find((row) => row.stuckSinceMs !== null);
  assert.ok(stuck, "the demo begins with a stuck run");
  await region(page, en.rightNow).getByRole("button", { name: stuck.label }).click();
  await sessionName(page, stuck.label).waitFor();
  await page.keyboard.press("Escape");
  await isClosed(page);
});

test("an item of the queue opens its session; more shows the rest", async (context) => {
  const page = await here.open(context);
  const queue = region(page, en.taskQueue);
  const items = queue.getByRole("listitem");
  const more = queue.getByRole("button", { name: /^\d+ more$/ });
  assert.equal(await more.getAttribute("aria-expanded"), "false");
  const seen = () =>
    items.evaluateAll(
      (all) =>
        all.filter((item) => {
          const box = item.getBoundingClientRect();
          for (let frame = item.parentElement; frame; frame = frame.parentElement) {
            const { top, bottom } = frame.getBoundingClientRect();
            if (getComputedStyle(frame).overflowY !== "visible" && (box.top < top - 1 || box.bottom > bottom + 1))
              return false;
          }
          return true;
        }).length,
    );
  const before = await seen();
  assert.ok(before >= 4 && before < (await items.count()), `${before} of ${await items.count()} are seen at first`);
  await more.click();
  const less = queue.getByRole("button", { name: en.less });
  assert.equal(await less.getAttribute("aria-expanded"), "true");
  await items.last().scrollIntoViewIfNeeded();
  await less.click();
  await more.waitFor();
  await items.first().getByRole("button").first().click();
  await isOpen(page);
  await sessionPage(page).waitFor();
  await page.keyboard.press("Escape");
  await isClosed(page);
  await more.waitFor();
});

test("an opened session has the exact figures of the API", async (context) => {
  const page = await here.open(context);
  await pointerAway(page);
  // A session that rests: its figures do not change while the test looks.
  const rests = (await here.get("api/sessions")).sessions.find(
    (row) => row.status === "stale" && row.runState === "idle" && row.label && row.cost > 0 && row.parentKey,
  );
  await tableRows(page)
    .and(page.locator(`[data-key="${rests.key}"]`))
    .getByRole("link")
    .click();
  await sessionName(page, rests.label).waitFor();
  await sessionPage(page).getByRole("heading", { name: en.sesDetails }).click();
  const facts = Object.fromEntries(
    await sessionPage(page)
      .locator("details dl > div")
      .evaluateAll((all) =>
        all.map((one) => [
          one.querySelector("dt").innerText,
          one.querySelector("dd").innerText.replace(/\s+/g, " ").trim(),
        ]),
      ),
  );
  assert.deepEqual(
    [en.inputTokens, en.outputTokens, en.cacheRead, en.cacheWrite, en.calls].map((name) => facts[name]),
    [rests.inputTokens, rests.outputTokens, rests.cacheReadTokens, rests.cacheWriteTokens, rests.calls].map(exact),
  );
  assert.ok(facts[en.costExact].startsWith(exactMoney(rests.cost)), facts[en.costExact]);
  assert.ok(facts[en.costExact].includes(rests.costLevel));
  assert.ok(
    facts[en.contextUse].startsWith(`${exact(rests.totalTokens)} / ${exact(rests.contextTokens)}`),
    facts[en.contextUse],
  );
  assert.deepEqual(
    [facts[en.model], facts[en.agent], facts[en.installation], facts[en.kind]],
    [rests.model, rests.agentId, rests.installation, rests.kind],
  );
  assert.ok(facts[en.status].startsWith(rests.status), facts[en.status]);
  assert.equal(facts[en.sessionId], rests.sessionId);
});

test("a session leads to its parent, its key is copied, it closes by its button and by going back", async (context) => {
  const page = await here.open(context);
  const { sessions } = await here.get("api/sessions");
  const child = sessions.find(
    (row) => row.parentKey && row.status === "stale" && sessions.some((one) => one.key === row.parentKey),
  );
  const parent = sessions.find((row) => row.key === child.parentKey);
  await page.goto(`${here.server.url}/#/?open=${encodeURIComponent(child.key)}`);
  const main = sessionPage(page);
  await main.getByRole("button", { name: `${en.copy}: ${child.key}` }).click();
  await eventually(async () => assert.equal(await page.evaluate(() => navigator.clipboard.readText()), child.key));
  await main.getByRole("link", { name: parent.label }).first().click();
  await sessionName(page, parent.label).waitFor();
  await main.getByRole("button", { name: en.close }).click();
  await isClosed(page);
  await tableRows(page).first().getByRole("link").click();
  await isOpen(page);
  await sessionPage(page).waitFor();
  await page.goBack();
  await isClosed(page);
  await tableRows(page).first().waitFor();
});

test("a click anywhere in a row opens it; focus comes back to where it was", async (context) => {
  const page = await here.open(context);
  await pointerAway(page);
  const row = tableRows(page).nth(3);
  const key = await row.getAttribute("data-key");
  await row.getByRole("cell").nth(6).click();
  await sessionPage(page).getByRole("button", { name: key }).waitFor();
  await page.keyboard.press("Escape");
  await isClosed(page);
  const name = page.locator(`[data-key="${key}"]`).getByRole("link");
  await name.focus();
  await page.keyboard.press("Enter");
  await sessionPage(page).waitFor();
  await page.keyboard.press("Escape");
  await isClosed(page);
  await eventually(async () => assert.equal(await name.evaluate((one) => one === document.activeElement), true));
});
