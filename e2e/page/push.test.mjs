// What is pushed appears in place: nobody loses the focus, a selection, a dialog, or the line that is read.
import assert from "node:assert/strict";
import test from "node:test";
import { en, eventually, keysShown, pointerAway, region, sessionPage, stage, tableRows } from "../support/page.mjs";
import { noPush, speaks } from "../support/push.mjs";

const here = await stage(test);
const banner = (page) => page.getByRole("banner");
const rowOf = (page, { key }) => page.locator(`tr[data-key="${key}"]`);

/** A page that hears only what the test says, with its rows in the order of the table. */
async function open(context, options = {}) {
  const snapshot = await here.get("api/sessions");
  let server;
  const prepare = async (page) => {
    server = await speaks(page, snapshot);
  };
  const page = await here.open(context, { ...options, prepare });
  await pointerAway(page);
  await eventually(async () => assert.match(await banner(page).innerText(), new RegExp(en.connLive)));
  const known = new Map(snapshot.sessions.map((row) => [row.key, row]));
  const rows = (await keysShown(page)).map((key) => known.get(key));
  return { page, server, rows };
}
/** The cells that glow just now, by column. */
const glowing = (page) =>
  page.evaluate(() =>
    document
      .getAnimations()
      .filter(({ id }) => id === "glow")
      .map(({ effect }) => effect.target.className.split(" ")[0])
      .sort(),
  );

test("a change of the real server appears without a reload, and nothing is asked for", async (context) => {
  const page = await here.open(context);
  await eventually(async () => assert.match(await banner(page).innerText(), new RegExp(en.connLive)));
  let asked = 0;
  page.on("request", (request) => {
    if (request.url().includes("/api/sessions")) asked += 1;
  });
  const text = await page.locator("tbody").innerText();
  const figures = (all) => all.replace(/\d+[smhd] ago/g, "");
  await eventually(async () => assert.notEqual(figures(await page.locator("tbody").innerText()), figures(text)));
  assert.equal(asked, 0);
});

test("rows change, come and go", async (context) => {
  const { page, server, rows } = await open(context);
  const [first, second] = rows;
  server.say([
    { ...first, label: "renamed by a push" },
    { ...second, key: "agent:main:new", label: "brand new" },
  ]);
  await rowOf(page, first).getByText("renamed by a push").waitFor();
  await tableRows(page).getByText("brand new").waitFor();
  server.say([], { removed: [{ installation: second.installation, key: "agent:main:new" }] });
  await eventually(async () => assert.equal(await tableRows(page).getByText("brand new").count(), 0));
});

test("what changed glows once, and nothing else; not on the first load", async (context) => {
  const { page, server, rows } = await open(context);
  assert.deepEqual(await glowing(page), []);
  const row = rows[4];
  server.say([{ ...row, cost: 123.45, costLevel: "high", model: "another-model" }]);
  await eventually(async () => assert.deepEqual(await glowing(page), ["c-cost", "c-model"]));
  await eventually(async () => assert.deepEqual(await glowing(page), []));
  server.say([{ ...row, cost: 123.45, costLevel: "high", model: "another-model", updatedAt: row.updatedAt + 1 }]);
  await page.waitForTimeout(300);
  assert.deepEqual(await glowing(page), [], "an age is no change");
});

test("who wants no motion gets none", async (context) => {
  const { page, server, rows } = await open(context, { reducedMotion: true });
  server.say([{ ...rows[2], label: "quietly renamed" }]);
  await rowOf(page, rows[2]).getByText("quietly renamed").waitFor();
  assert.deepEqual(await glowing(page), []);
});

test("the row of the keyboard keeps the focus and its place, whatever moves", async (context) => {
  const { page, server, rows } = await open(context);
  for (let n = 0; n < 4; n += 1) await page.keyboard.press("j");
  const focused = () => page.evaluate(() => document.activeElement.closest("tr")?.dataset.key);
  assert.equal(await focused(), rows[3].key);
  const newest = rows.slice(5, 15).map((row) => ({ ...row, updatedAt: Date.now() + 1000, runState: "running" }));
  server.say([...newest, { ...rows[3], label: "walked on" }]);
  await rowOf(page, rows[3]).getByText("walked on").waitFor();
  assert.equal(await focused(), rows[3].key);
  assert.deepEqual(
    (await keysShown(page)).slice(0, 10),
    rows.slice(0, 10).map(({ key }) => key),
  );
  await page.keyboard.press("j");
  assert.equal(await focused(), rows[4].key);
});

test("a selection, the scroll and an opened session stay", async (context) => {
  const { page, server, rows } = await open(context, { height: 600 });
  const row = rows[9];
  await rowOf(page, row).getByRole("link").scrollIntoViewIfNeeded();
  const scroll = await page.evaluate(() => scrollY);
  const select = (key) => {
    const name = document.querySelector(`tr[data-key="${key}"] a bdi`);
    getSelection().selectAllChildren(name);
    return getSelection().toString();
  };
  const text = await page.evaluate(select, row.key);
  server.say(rows.slice(10, 20).map((one) => ({ ...one, updatedAt: Date.now(), totalTokens: 1 })));
  await page.waitForTimeout(300);
  assert.deepEqual(await page.evaluate(() => [getSelection().toString(), scrollY]), [text, scroll]);
  await rowOf(page, row).getByRole("link").click();
  const main = sessionPage(page);
  const key = main.getByRole("button", { name: row.key });
  await main.getByRole("heading", { name: en.sesDetails }).click();
  await key.focus();
  server.say([{ ...row, inputTokens: 7_654_321 }]);
  await main.getByText("7,654,321").waitFor();
  assert.equal(await key.evaluate((one) => one === document.activeElement), true, "the focus is where it was");
});

test("words that are being typed stay", async (context) => {
  const { page, server, rows } = await open(context);
  await page.keyboard.press("/");
  await page.keyboard.type("agent:");
  server.say([{ ...rows[0], cost: 9 }]);
  await page.waitForTimeout(200);
  await page.keyboard.type("zzz");
  assert.equal(await page.getByRole("searchbox").inputValue(), "agent:zzz");
});

test("a push that is cut off: it polls and says so with the age, and heals without a reload", async (context) => {
  const { page, server, rows } = await open(context);
  await server.cut();
  await eventually(async () => assert.match(await banner(page).innerText(), /Polling every 10 s[^]*\d+s/));
  await page
    .getByRole("main")
    .getByRole("status")
    .filter({ hasText: /These numbers are \d+s old\..*The push is down; polling every 10 s, next try in \d+ s\./ })
    .waitFor();
  server.snapshot.sessions = server.snapshot.sessions.map((row) =>
    row.key === rows[0].key ? { ...row, label: "asked for" } : row,
  );
  await page.keyboard.press("r");
  await rowOf(page, rows[0]).getByText("asked for").waitFor();
  server.mend();
  await page.getByRole("main").getByRole("button", { name: en.tryNow }).click();
  await eventually(async () => assert.match(await banner(page).innerText(), new RegExp(`${en.connLive}\n`)));
  assert.equal(await page.getByText(/The push is down/).count(), 0);
});

test("a hole in what is pushed: everything is asked for again, on a new connection", async (context) => {
  const { page, server, rows } = await open(context);
  server.seq += 5;
  server.say([{ ...rows[1], label: "after the hole" }]);
  await rowOf(page, rows[1]).getByText("after the hole").waitFor();
  assert.equal(server.opened, 2);
});

test("without WebSocket the events of the real server do", async (context) => {
  const page = await here.open(context, {
    prepare: (one) => one.routeWebSocket(/\/api\/stream/, (socket) => socket.close()),
  });
  await eventually(async () => assert.match(await banner(page).innerText(), new RegExp(en.connLive)));
});

test("with neither it polls from the start", async (context) => {
  const page = await here.open(context, { prepare: noPush });
  assert.match(await banner(page).innerText(), /Polling every 10 s/);
  assert.ok((await tableRows(page).count()) > 0);
  assert.ok(await region(page, en.rightNow).isVisible());
});
