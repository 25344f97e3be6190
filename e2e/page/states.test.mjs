// Empty, loading, stale and error: each says what happened, what is shown, and what to do.
import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { openBrowser } from "../support/browser.mjs";
import { startDashboard } from "../support/dashboard.mjs";
import { en, eventually, ko, openPage, refresh, region, tableRows } from "../support/page.mjs";
import { noPush } from "../support/push.mjs";
import { entry, stateDir } from "../support/state.mjs";

let browser;
test.before(async () => {
  browser = await openBrowser();
});
test.after(() => browser?.close());

const demo = async (context, options) => {
  const server = await startDashboard(["demo", "--seed", "1", "--refresh", "2"], { context });
  return { server, page: await openPage(context, { server, browser }, options) };
};
/** What a stopped server must cause, and nothing else. */
const forgive = (page) => {
  page.problems.splice(
    0,
    Infinity,
    ...page.problems.filter((one) => !/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/.test(one)),
  );
};

test("empty: what was looked for, where, and the one command to try", async (context) => {
  for (const [language, words] of [
    ["en", en],
    ["ko", ko],
  ]) {
    const folder = await stateDir(context, {});
    const server = await startDashboard(["serve", "--state-dir", folder], { context });
    const page = await openPage(context, { server, browser }, { language });
    await page.getByRole("heading", { name: words.empty }).waitFor();
    const text = await page.getByRole("main").innerText();
    assert.ok(text.includes(folder), "the folder is named");
    const command = page.getByRole("button", { name: "factory-dashboard demo" });
    await command.click();
    await eventually(async () =>
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "factory-dashboard demo"),
    );
    assert.equal(await page.getByRole("banner").getByText("DEMO", { exact: true }).count(), 0, "and it is no demo");
    assert.equal(await page.getByRole("button", { name: "factory-dashboard doctor" }).count(), 1);
  }
});

test("empty becomes full without a reload", async (context) => {
  const folder = await stateDir(context, {});
  const server = await startDashboard(["serve", "--state-dir", folder, "--refresh", "1"], { context });
  const page = await openPage(context, { server, browser });
  await page.getByRole("heading", { name: en.empty }).waitFor();
  const later = await stateDir(context, { main: { "agent:main:main": entry(1, { label: "the first session" }) } });
  await cp(later, folder, { recursive: true });
  await tableRows(page).getByText("the first session").waitFor();
});

test("a folder that is not there is no error of the page", async (context) => {
  const folder = path.join(await stateDir(context, {}), "nowhere");
  const server = await startDashboard(["serve", "--state-dir", folder], { context, env: { PATH: "/nonexistent" } });
  const page = await openPage(context, { server, browser }, { ready: false });
  await page.getByText(folder).first().waitFor();
});

test("what the server says of a source, and what was not understood, is read in Korean on a Korean page", async (context) => {
  const folder = await stateDir(context, { main: { main: 7 } });
  const gateway = ["--gateway", "ws://127.0.0.1:1", "--source", "files,gateway"];
  const server = await startDashboard(["serve", "--state-dir", folder, ...gateway], { context });
  const page = await openPage(context, { server, browser }, { language: "ko" });
  await page.goto(`${server.url}/#/sources`);
  await page.getByText("ws://127.0.0.1:1에서 응답하는 게이트웨이가 없습니다(").waitFor();
  await page.getByRole("cell", { name: "세션 행이 객체가 아님" }).waitFor();
  const text = await page.getByRole("main").innerText();
  assert.ok(!/No gateway answers|is not an object/.test(text), text);
});

test("loading: the frame stands and says what is waited for", async (context) => {
  const server = await startDashboard(["demo", "--seed", "1"], { context });
  let release;
  const held = new Promise((resolve) => {
    release = resolve;
  });
  const page = await openPage(
    context,
    { server, browser },
    {
      ready: false,
      prepare: async (one) => {
        await noPush(one);
        await one.route(/\/api\/sessions/, async (route) => {
          await held;
          await route.continue();
        });
      },
    },
  );
  await page.locator("[aria-busy=true]").first().waitFor();
  const text = await page.locator("body").innerText();
  for (const words of [en.loading, en.taskQueue, en.liveNow, en.stuck, en.spentToday])
    assert.ok(text.includes(words), words);
  assert.doesNotMatch(text, /\$0\.00|\b0 live/, "nothing is shown as zero before it is known");
  release();
  await tableRows(page).first().waitFor();
  assert.equal(await page.locator("main [aria-busy=true]").count(), 0);
});

test("error: the numbers stay, the page says so, and heals by itself on the same address", async (context) => {
  const { server, page } = await demo(context);
  const alert = page.getByRole("alert");
  await server.stop();
  await alert.getByText(en.errorTitle).waitFor();
  assert.match(await alert.innerText(), /Showing what was known at \d\d:\d\d:\d\d/);
  assert.match(await page.getByRole("banner").innerText(), new RegExp(en.connDown));
  assert.ok((await tableRows(page).count()) > 20, "the rows stay");
  assert.match(
    await region(page, en.figures).getByRole("link").filter({ hasText: en.totalCost }).innerText(),
    /\$\d/,
    "and the money",
  );
  await alert.getByRole("button", { name: en.tryNow }).click();
  await alert.getByText(en.errorTitle).waitFor();
  await page.evaluate(() => {
    globalThis.wasHere = true;
  });
  await startDashboard(["demo", "--seed", "1", "--refresh", "2"], { context, port: server.port });
  await eventually(async () => assert.equal(await alert.count(), 0));
  await eventually(async () => assert.match(await page.getByRole("banner").innerText(), new RegExp(en.connLive)));
  assert.equal(await page.evaluate(() => globalThis.wasHere), true, "without a reload");
  // The second server ends before the page would, and the page notices at once.
  await page.close();
  forgive(page);
});

test("an icon that was never drawn before is drawn while the server is down", async (context) => {
  const { server, page } = await demo(context);
  const before = await page.locator("svg use").evaluateAll((all) => all.map((use) => use.getAttribute("href")));
  await server.stop();
  await page.getByRole("alert").getByText(en.errorTitle).waitFor();
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  const drawn = await page.locator("svg:has(> use)").evaluateAll((all) =>
    all
      .filter((one) => one.checkVisibility())
      .map((one) => ({ name: one.firstElementChild.getAttribute("href"), box: one.firstElementChild.getBBox() }))
      .map(({ name, box }) => ({ name, area: box.width * box.height })),
  );
  const fresh = drawn.filter(({ name }) => !before.includes(name));
  assert.ok(fresh.length > 0, "the test shows an icon that is new");
  assert.deepEqual(
    drawn.filter(({ area }) => area === 0),
    [],
  );
  await page.close();
  forgive(page);
});

test("error from the start: nothing is known, and it heals too", async (context) => {
  const server = await startDashboard(["demo", "--seed", "1", "--refresh", "1"], { context });
  let isDown = true;
  const page = await openPage(
    context,
    { server, browser },
    {
      ready: false,
      prepare: async (one) => {
        await one.route(/\/api\//, (route) =>
          isDown ? route.fulfill({ status: 503, json: { title: "down" } }) : route.continue(),
        );
        await noPush(one);
      },
    },
  );
  await page.getByRole("alert").getByText(en.errorTitle).waitFor();
  assert.match(await page.getByRole("alert").innerText(), /Nothing is known yet.*503/);
  assert.doesNotMatch(await page.getByRole("main").innerText(), /\$0\.00/);
  isDown = false;
  await page.getByRole("alert").getByRole("button", { name: en.tryNow }).click();
  await tableRows(page).first().waitFor();
  page.problems.splice(0, Infinity, ...page.problems.filter((one) => !one.includes("503")));
});

test("an answer that is no JSON, or takes too long, is an error like any other", async (context) => {
  const { page } = await demo(context, { prepare: noPush });
  await page.route(/\/api\/sessions/, (route) =>
    route.fulfill({ status: 200, contentType: "text/html", body: "<html>a proxy speaks" }),
  );
  await page.getByRole("alert").getByText(en.errorTitle).waitFor();
  assert.ok((await tableRows(page).count()) > 0);
  await page.unroute(/\/api\/sessions/);
  await eventually(async () => assert.equal(await page.getByRole("alert").count(), 0));
});

test("stale: how old, why, and when it looks again", async (context) => {
  const { page } = await demo(context, { prepare: noPush });
  let age = 2 * 60_000;
  await page.route(/\/api\/sessions/, async (route) => {
    const data = await (await route.fetch()).json();
    await route.fulfill({
      json: { ...data, coverage: { ...data.coverage, asOf: new Date(Date.parse(data.fetchedAt) - age).toISOString() } },
    });
  });
  await refresh(page);
  const banner = page.getByRole("main").getByRole("status").filter({ hasText: "These numbers are 2m old." });
  await banner.waitFor();
  assert.match(await page.getByRole("banner").innerText(), /Stale, 2m old/);
  assert.match(await region(page, en.rightNow).innerText(), /2m\s+old/);
  assert.ok((await tableRows(page).count()) > 0, "the rows stay");
  await banner.getByRole("button", { name: en.tryNow }).waitFor();
  age = 0;
  await banner.waitFor({ state: "detached" });
});

test("a price that is not known is a dash and a word, never zero", async (context) => {
  const folder = await stateDir(context, {
    main: { "agent:main:main": entry(1, { label: "mystery", model: "no-such-model-9000", modelProvider: "nobody" }) },
  });
  const server = await startDashboard(["serve", "--state-dir", folder], { context });
  const page = await openPage(context, { server, browser });
  const row = tableRows(page).filter({ hasText: "mystery" });
  await row.waitFor();
  const {
    sessions: [session],
    tokenStats,
  } = await (await fetch(`${server.url}/api/sessions`)).json();
  assert.equal(session.cost, null);
  assert.match((await row.innerText()).replace(/\s+/g, " "), /— unpriced/);
  assert.deepEqual(tokenStats.unpricedModels, ["no-such-model-9000"]);
  assert.match(await page.getByRole("main").innerText(), /1 (model )?unpriced/);
});
