// The head of the page: refresh and its countdown, language, theme, the two pages.
import assert from "node:assert/strict";
import test from "node:test";
import { startDashboard } from "../support/dashboard.mjs";
import { en, eventually, getJson, ko, openPage, refresh, stage } from "../support/page.mjs";
import { noPush } from "../support/push.mjs";
import { entry, stateDir } from "../support/state.mjs";

const here = await stage(test);
const banner = (page) => page.getByRole("banner");
const secondsLeft = async (page) => Number(/(\d+)s\b/.exec(await banner(page).innerText())?.[1]);
const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
/** How light a colour is, from 0 to 255. */
const light = (color) =>
  color
    .match(/\d+/g)
    .slice(0, 3)
    .reduce((sum, part) => sum + Number(part) / 3, 0);

test("the countdown counts down, asks at its end, and begins again", async (context) => {
  const page = await here.open(context, { prepare: noPush });
  const first = await secondsLeft(page);
  assert.ok(first > 0 && first <= 10, `${first} s left`);
  await eventually(async () => assert.ok((await secondsLeft(page)) < first, "it counts"));
  await page.waitForResponse(/\/api\/sessions/);
  await eventually(async () => assert.ok((await secondsLeft(page)) >= 9, "it begins again"));
});

test("the refresh button asks at once and begins the countdown again", async (context) => {
  const page = await here.open(context, { prepare: noPush });
  await eventually(async () => assert.ok((await secondsLeft(page)) < 9));
  await refresh(page);
  await eventually(async () => assert.ok((await secondsLeft(page)) >= 9));
});

test("ages and durations tick between two answers", async (context) => {
  const page = await here.open(context);
  const item = page.getByRole("region", { name: en.taskQueue, exact: true }).first().getByRole("listitem").first();
  const before = await item.innerText();
  let asked = 0;
  page.on("request", (request) => {
    if (request.url().includes("/api/sessions")) asked += 1;
  });
  await eventually(async () => assert.notEqual(await item.innerText(), before));
  assert.equal(asked, 0, "no answer was needed for it");
});

test("Korean and back, everywhere, and remembered", async (context) => {
  const page = await here.open(context);
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  await banner(page).getByRole("button", { name: "한국어" }).click();
  await page.getByRole("heading", { name: ko.taskQueue }).waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "ko");
  const text = await page.locator("body").innerText();
  for (const word of [
    ko.rightNow,
    ko.activeSessions,
    ko.byType,
    ko.byStatus,
    ko.totalCost,
    ko.tokens,
    ko.contextInUse,
    ko.taskQueue,
    ko.sessions,
    ko.spentToday,
    ko.liveNow,
  ].slice(1))
    assert.ok(text.includes(word), word);
  for (const word of [
    en.activeSessions,
    en.byStatus,
    en.totalCost,
    en.taskQueue,
    en.spentToday,
    en.liveNow,
    " ago",
    en.usedLastHour,
  ])
    assert.ok(!text.includes(word), `"${word}" is English`);
  assert.match(text, /\d+(초|분|시간|일) 전/);
  await page.reload();
  await page.getByRole("heading", { name: ko.taskQueue }).waitFor();
  await banner(page).getByRole("button", { name: "English" }).click();
  await page.getByRole("heading", { name: en.taskQueue }).waitFor();
  assert.match(await page.locator("body").innerText(), /\d+[smhd] ago/);
});

test("a Korean browser is greeted in Korean, on both pages", async (context) => {
  const page = await here.open(context, { language: "ko" });
  await page.getByRole("heading", { name: ko.taskQueue }).waitFor();
  await page.goto(`${here.server.url}/#/sources`);
  await page.getByRole("heading", { level: 1, name: ko.sourcesTitle }).waitFor();
});

test("the theme follows the system until it is switched; then it is remembered", async (context) => {
  for (const [theme, isDark] of [
    ["dark", true],
    ["light", false],
  ]) {
    const page = await here.open(context, { theme });
    assert.equal(light(await background(page)) < 128, isDark, `the system wants ${theme}`);
    await banner(page).getByRole("button", { name: en.theme }).click();
    assert.equal(light(await background(page)) < 128, !isDark, "switched");
    await page.reload();
    assert.equal(light(await background(page)) < 128, !isDark, "remembered");
    await banner(page).getByRole("button", { name: en.theme }).click();
    assert.equal(light(await background(page)) < 128, isDark, "and back");
  }
});

test("the simulator says so on every page", async (context) => {
  const page = await here.open(context);
  await banner(page).getByText("DEMO", { exact: true }).waitFor();
  await page.getByRole("navigation", { name: en.pages }).first().getByRole("link", { name: en.sources }).click();
  await page.getByRole("heading", { level: 1, name: en.sourcesTitle }).waitFor();
  await banner(page).getByText("DEMO", { exact: true }).waitFor();
});

test("the window's title says how many work", async (context) => {
  const page = await here.open(context);
  await eventually(async () =>
    assert.match(await page.title(), new RegExp(`^\\d+ ${en.liveNow} · Factory Dashboard$`)),
  );
});

test("the sources page: every source and agent with what the API says", async (context) => {
  const page = await here.open(context, { hash: "#/sources", ready: false });
  await eventually(async () => {
    await refresh(page);
    const about = await here.get("api/sources");
    const text = (await page.getByRole("main").innerText()).replace(/\s+/g, " ");
    for (const source of about.sources) {
      assert.ok(text.includes(source.installation) && text.includes(source.kind), source.name);
      for (const agent of source.agents) {
        const line = (
          await page
            .getByRole("row")
            .filter({ hasText: `› ${agent.agentId}` })
            .innerText()
        ).replace(/\s+/g, " ");
        for (const count of [
          agent.sessionsKnown,
          agent.sessionsRead,
          agent.callsRead,
          agent.archivedCalls,
          agent.unpricedCalls,
        ])
          assert.ok(line.includes(count.toLocaleString("en-US")), `${count} in ${line}`);
      }
    }
    assert.ok(text.includes(`Version ${about.version}`) && text.includes(about.logFile));
  });
  const prices = page.getByRole("link", { name: en.priceList });
  assert.equal((await fetch(new URL(await prices.getAttribute("href"), page.url()))).status, 200);
});

test("a source in trouble is named in the head, with what to do, and leads to the sources page", async (context) => {
  const folder = await stateDir(context, { main: { "agent:main:main": entry(1) } });
  // Nobody listens at port 1.
  const asked = ["serve", "--state-dir", folder, "--source", "files,gateway", "--gateway", "ws://127.0.0.1:1"];
  const server = await startDashboard(asked, { context });
  const { detail } = await eventually(async () => {
    const { sources } = await getJson(server.url, "api/sources");
    const found = sources.find((source) => source.status === "degraded");
    assert.ok(found?.detail.includes("127.0.0.1:1"), JSON.stringify(sources));
    return found;
  });
  for (const width of [1440, 390]) {
    const page = await openPage(context, { server, browser: here.browser }, { width });
    const pill = banner(page).getByRole("link", { name: `gateway: ${en.degraded}` });
    await pill.waitFor();
    assert.ok((await pill.getAttribute("title")).includes(detail));
    await pill.click();
    await page.getByRole("main").getByText(detail).waitFor();
  }
  const page = await here.open(context);
  assert.equal(
    await banner(page)
      .getByRole("link", { name: /gateway/ })
      .count(),
    0,
    "no trouble, no pill",
  );
});
