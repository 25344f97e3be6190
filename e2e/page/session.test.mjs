// The page of a session: its address, the list beside it, what happens when it is gone or was never there.
import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import test from "node:test";
import { openBrowser } from "../support/browser.mjs";
import { startDashboard } from "../support/dashboard.mjs";
import { en, eventually, isClosed, ko, openPage, sessionName, sessionPage, tableRows } from "../support/page.mjs";
import { assistant, call, result, talks, text, user } from "../support/transcript.mjs";

let browser;
test.before(async () => {
  browser = await openBrowser();
});
test.after(() => browser.close());

const hashOf = (key, rest = "") => `#/sessions/${encodeURIComponent(key)}${rest}`;
const CHILD = "agent:main:subagent:11111111-1111-4111-8111-111111111111";
const SESSIONS = {
  "agent:main:main": {
    label: "the parent",
    messages: [
      user("do it"),
      assistant([text("with `code`"), call("c1", "exec", { command: "ls" })], { stopReason: "toolUse" }),
      result("c1", "exec", "out", { exitCode: 1 }),
      assistant([], { stopReason: "error", errorMessage: "429 slow down" }),
    ],
  },
  [CHILD]: { label: "the child", spawnedBy: "agent:main:main", messages: [user("a task"), assistant("done")] },
};

async function open(context, { sessions = SESSIONS, args = [], ...options } = {}) {
  const { folder, transcripts } = await talks(context, sessions);
  const server = await startDashboard(["serve", "--state-dir", folder, "--refresh", "1", ...args], { context });
  const page = await openPage(context, { server, browser }, { ready: false, ...options });
  return { page, server, folder, transcripts };
}
const side = (page, words = en) => page.getByRole("navigation", { name: words.sessions });
const forgive = (page, what) => page.problems.splice(0, Infinity, ...page.problems.filter((one) => !what.test(one)));

test("a session has an address: it opens with it, and back leads back", async (context) => {
  const { page } = await open(context, { hash: "#/?q=the" });
  await tableRows(page).first().waitFor();
  await tableRows(page).getByRole("link", { name: "the parent" }).click();
  await sessionName(page, "the parent").waitFor();
  assert.equal(new URL(page.url()).hash, hashOf("agent:main:main"));
  await page.waitForFunction(() => document.title.startsWith("the parent"));
  await page.reload();
  await sessionName(page, "the parent").waitFor();
  await page.goBack();
  await isClosed(page);
  assert.equal(new URL(page.url()).hash, "#/?q=the");
  await page.goForward();
  await sessionName(page, "the parent").waitFor();
  await sessionPage(page).getByRole("tab", { name: en.sesErrors }).click();
  await page.waitForURL(/tab=errors/);
  await sessionPage(page).getByText("429 slow down").first().waitFor();
  await page.keyboard.press("ArrowLeft");
  await page.waitForURL(/tab=logs/);
});

test("the list beside it: attention first, filtered, walked by keys, the opened one marked", async (context) => {
  const { page } = await open(context, { hash: hashOf("agent:main:main") });
  const links = side(page).getByRole("link");
  await eventually(async () => assert.equal(await links.count(), 2));
  const marked = () => links.evaluateAll((all) => all.filter((one) => one.ariaCurrent).map((one) => one.innerText));
  assert.match((await marked()).join(), /^the parent/);
  await sessionPage(page).waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await sessionName(page, "the child").waitFor();
  await eventually(async () => assert.match((await marked()).join(), /^the child/));
  await sessionPage(page).getByRole("link", { name: "the parent" }).first().click();
  await sessionName(page, "the parent").waitFor();
  await page.keyboard.press("f");
  await page.keyboard.type("child");
  await eventually(async () => assert.equal(await links.count(), 1));
  await page.keyboard.press("Escape");
  await eventually(async () => assert.equal(await links.count(), 2));
  await page.keyboard.press("Escape");
  await isClosed(page);
});

test("five thousand sessions beside it: a few lines are drawn, the opened one is in sight, j walks on", async (context) => {
  const label = (number) => `session ${String(number).padStart(4, "0")}`;
  const many = Array.from({ length: 5000 }, (_, place) => [
    `agent:main:subagent:${place + 1}`,
    { label: label(place + 1) },
  ]);
  const { page } = await open(context, {
    sessions: Object.fromEntries(many),
    hash: hashOf("agent:main:subagent:3000"),
  });
  await sessionName(page, label(3000)).waitFor();
  const links = side(page).getByRole("link");
  const current = side(page).locator("a[aria-current]");
  await eventually(async () => assert.ok(await current.isVisible()));
  assert.ok((await links.count()) < 80, `${await links.count()} lines`);
  const box = await current.boundingBox();
  assert.ok(box.y > 52 && box.y < 900, JSON.stringify(box));
  for (let step = 0; step < 30; step += 1) await page.keyboard.press("j");
  await eventually(async () =>
    assert.match(await page.evaluate(() => document.activeElement.innerText), new RegExp(label(3030))),
  );
  await page.keyboard.press("Enter");
  await sessionName(page, label(3030)).waitFor();
});

test("a key that two installations hold: without a name both are offered, with one it opens", async (context) => {
  const one = await talks(context, { "agent:main:main": { label: "of the first" } });
  const two = await talks(context, { "agent:main:main": { label: "of the second" } });
  const folders = ["--state-dir", `first=${one.folder}`, "--state-dir", `second=${two.folder}`];
  const server = await startDashboard(["serve", ...folders], { context });
  const page = await openPage(context, { server, browser }, { ready: false, hash: hashOf("agent:main:main") });
  await page.getByRole("heading", { name: en.sesSeveral }).waitFor();
  await page.getByRole("main").getByRole("link", { name: "agent:main:main" }).last().click();
  await sessionName(page, /of the (first|second)/).waitFor();
  await page.goto(new URL(hashOf("agent:main:main", "?at=second"), page.url()).href);
  await sessionName(page, "of the second").waitFor();
  forgive(page, /409/);
});

test("below 1200 px there is no list, and on a phone all is in one column", async (context) => {
  for (const width of [820, 390]) {
    const { page } = await open(context, { hash: hashOf("agent:main:main"), width, height: 844 });
    await sessionPage(page).waitFor();
    assert.equal(await side(page).count(), 0);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
  }
});

test("a key that is not there: 404, with keys like it as links", async (context) => {
  const { page } = await open(context, { hash: hashOf("agent:main:mian") });
  await page.getByRole("heading", { name: en.sesUnknownKey }).waitFor();
  await page.getByRole("link", { name: "agent:main:main" }).click();
  await sessionName(page, "the parent").waitFor();
  forgive(page, /404/);
});

for (const key of [
  "<img src=x onerror=globalThis.wasRun=1>",
  "%00",
  "../../etc/passwd",
  "x".repeat(3000),
  "키 ‮ #?&",
]) {
  test(`a strange key is no harm: ${key.slice(0, 30)}`, async (context) => {
    const { page } = await open(context, { hash: hashOf(key) });
    await page
      .getByRole("heading", { level: 1 })
      .filter({ hasText: /No such session|could not be read/ })
      .waitFor();
    assert.equal(await page.evaluate(() => globalThis.wasRun), undefined);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
    forgive(page, /40\d|41\d/);
  });
}

test("deleted while it is open: the page stays, says so, and has the figures of the ledger", async (context) => {
  const { page, folder } = await open(context, { hash: hashOf("agent:main:main") });
  await sessionPage(page).getByRole("tabpanel").getByText("429 slow down").waitFor();
  const place = path.join(folder, "agents", "main", "sessions");
  const entries = JSON.parse(await readFile(path.join(place, "sessions.json"), "utf8"));
  const { sessionId } = entries["agent:main:main"];
  delete entries["agent:main:main"];
  await writeFile(path.join(place, "sessions.json"), JSON.stringify(entries));
  await rm(path.join(place, `${sessionId}.jsonl`));
  await page.getByText(en.sesGoneTitle).waitFor();
  await sessionName(page, "the parent").waitFor();
  await sessionPage(page).getByText("2 calls").first().waitFor();
  assert.ok(await sessionPage(page).getByText("with code").isVisible(), "what was read stays");
  await page.reload();
  await page.getByText(en.sesGoneTitle).waitFor();
  await sessionPage(page).getByText("2 calls").first().waitFor();
});

test("a server that goes away and comes back: what is shown stays, and goes on by itself", async (context) => {
  const { page, server, folder, transcripts } = await open(context, { hash: hashOf("agent:main:main") });
  const talk = page.getByRole("region", { name: en.convMessages });
  await talk.getByText("429 slow down").waitFor();
  await server.stop();
  await page.getByRole("alert").getByText(en.errorTitle).waitFor();
  assert.ok(await talk.getByText("429 slow down").isVisible());
  await startDashboard(["serve", "--state-dir", folder, "--refresh", "1"], { context, port: server.port });
  await transcripts["agent:main:main"].add(assistant("here again"));
  await talk.getByText("here again").waitFor();
  await eventually(async () => assert.equal(await page.getByText(en.sesOld).count(), 0));
  // The second server ends before the page would, and the page notices at once.
  await page.close();
  page.problems.length = 0;
});

test("by the keyboard alone: open, choose a tab, unfold a call, search, come back", async (context) => {
  const { page } = await open(context, { hash: "#/?q=parent" });
  await eventually(async () => assert.equal(await tableRows(page).count(), 1));
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  const main = sessionPage(page);
  await main.waitFor();
  const name = (await page.getByRole("heading", { level: 1 }).innerText()).trim();
  await eventually(async () =>
    assert.equal(await page.evaluate(() => document.activeElement.innerText.trim()), name, "the name has the focus"),
  );
  const tabTo = async (what, most = 40) => {
    for (let step = 0; step < most; step += 1) {
      await page.keyboard.press("Tab");
      if (await what.evaluate((one) => one === document.activeElement)) return;
    }
    assert.fail("Tab does not come there");
  };
  await tabTo(main.getByRole("tab", { selected: true }));
  await page.keyboard.press("ArrowRight");
  await main.getByRole("tab", { name: en.sesRunsTab, selected: true }).waitFor();
  await page.keyboard.press("ArrowLeft");
  await main.getByRole("tab", { name: en.sesConversation, selected: true }).waitFor();
  await tabTo(page.getByRole("region", { name: en.convMessages }));
  const talk = page.getByRole("region", { name: en.convMessages });
  await tabTo(talk.locator("summary").first());
  await page.keyboard.press("Enter");
  await talk.locator("details[open]").getByText(en.convGiven).waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("nothing like it");
  await page.getByRole("heading", { name: en.convNoHit }).waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await isClosed(page);
  await tableRows(page).first().waitFor();
});

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

for (const [width, theme, language] of [
  [1440, "dark", "en"],
  [1440, "light", "ko"],
  [820, "light", "en"],
  [390, "dark", "ko"],
  [390, "light", "en"],
]) {
  test(`axe finds nothing: ${width}, ${theme}, ${language}`, async (context) => {
    const words = { en, ko }[language];
    const { page } = await open(context, {
      hash: hashOf("agent:main:main"),
      ...{ width, height: 900, theme, language, reducedMotion: true },
      prepare: (one) => one.addInitScript(axe),
    });
    const main = sessionPage(page);
    await main.getByRole("tabpanel").getByText("429 slow down").waitFor();
    const found = {};
    const look = async (view) => {
      const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
      const list = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 150)}`));
      if (list.length > 0) found[view] = list;
    };
    for (const fold of await main.locator("summary").all()) await fold.click();
    await look("conversation, opened");
    await main.getByRole("button", { name: words.convSearch }).click();
    await page.keyboard.type("code");
    await main.locator("mark").first().waitFor();
    await look("search");
    await page.keyboard.press("Escape");
    await main.getByRole("button", { name: words.convExport }).click();
    await page.getByRole("menuitem").first().waitFor();
    await look("export");
    await page.keyboard.press("Escape");
    for (const tab of [words.sesRunsTab, words.sesLogs, words.sesErrors]) {
      await main.getByRole("tab", { name: tab }).click();
      await page.waitForTimeout(300);
      await look(tab);
    }
    await page.goto(new URL(hashOf("agent:main:mian"), page.url()).href);
    await page.getByRole("heading", { name: words.sesUnknownKey }).waitFor();
    await look("unknown key");
    forgive(page, /404/);
    assert.deepEqual(found, {});
  });
}
