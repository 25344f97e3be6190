// What can be done to sessions from the page: one question, an outcome for each, and no button where none may be pressed.
import assert from "node:assert/strict";
import test from "node:test";
import { nameOf } from "../../web/lib/status.js";
import { en, eventually, keysShown, ko, pointerAway, region, sessionPage, stage, tableRows } from "../support/page.mjs";
import { speaks } from "../support/push.mjs";

const here = await stage(test);
const dialog = (page) => page.getByRole("dialog");
const inRow = (page, row) => page.locator(`tr[data-key="${row.key}"]`);
const bar = (page) => page.getByRole("toolbar", { name: en.selection });

/** A page that holds still, with access and outcomes as the test says; `asked` are the requests that came. */
async function open(
  context,
  { control = "allowed", answer = () => ({ outcome: "done", detail: "ok" }), ...options } = {},
) {
  const snapshot = await here.get("api/sessions");
  const asked = [];
  const prepare = async (page) => {
    await speaks(page, snapshot);
    const csrf = control === "allowed" ? "a-csrf-token" : null;
    await page.route(/\/api\/access/, (route) => route.fulfill({ json: { reader: "open", control, csrf } }));
    await page.route(/\/actions$/, async (route) => {
      const request = route.request();
      const key = decodeURIComponent(/\/api\/(?:sessions|tasks)\/(.+)\/actions$/.exec(request.url())[1]);
      asked.push({ key, csrf: request.headers()["x-csrf-token"], ...request.postDataJSON() });
      const { status = 200, ...json } = await answer(key, asked.length);
      await route.fulfill({ status, json });
    });
  };
  const page = await here.open(context, { ...options, prepare });
  await pointerAway(page);
  const known = new Map(snapshot.sessions.map((row) => [row.key, row]));
  await eventually(async () =>
    assert.equal(
      await page.getByLabel({ en, ko }[options.language ?? "en"].pickAll).count(),
      control === "off" ? 0 : 1,
    ),
  );
  const rows = (await keysShown(page)).map((key) => known.get(key));
  return { page, asked, rows, running: rows.filter((row) => row.runState === "running") };
}
const outcomes = (page) =>
  dialog(page)
    .getByRole("listitem")
    .evaluateAll((all) => all.map((one) => one.innerText.replace(/\s+/g, " ").trim()));

test("with control off there is no button, no box, no page for it", async (context) => {
  const { page } = await open(context, { control: "off" });
  assert.equal(await page.getByRole("checkbox").count(), 0);
  assert.equal(await page.getByRole("button", { name: /^Stop/ }).count(), 0);
  assert.equal(await page.getByRole("link", { name: en.audit }).count(), 0);
});

test("who has not signed in is led to the sign-in and back to what is shown", async (context) => {
  const { page, rows } = await open(context, { control: "signIn", hash: "#/?type=cron,main,subagent" });
  const stop = page.getByRole("link", { name: new RegExp(`^Stop.*${en.signInToAct}`) }).first();
  assert.equal(await stop.getAttribute("href"), `sign-in?next=${encodeURIComponent("#/?type=cron,main,subagent")}`);
  await inRow(page, rows[0])
    .getByRole("link", { name: nameOf(rows[0]) })
    .first()
    .click();
  await sessionPage(page).getByRole("link", { name: en.signInToAct, exact: true }).waitFor();
});

test("Stop stands beside what is stuck, says what is lost and what stays, and gives the outcome", async (context) => {
  const { page, asked } = await open(context, { answer: () => ({ outcome: "done", detail: "aborted run 42" }) });
  const { sessions } = await here.get("api/sessions");
  const stuck = sessions.find((row) => row.stuckSinceMs !== null);
  await region(page, en.rightNow)
    .getByRole("button", { name: `Stop: ${nameOf(stuck)}` })
    .click();
  const text = (await dialog(page).innerText()).replace(/\s+/g, " ");
  assert.match(text, /Stop this run\?/);
  assert.ok(text.includes(nameOf(stuck)));
  assert.match(text, /Tokens so far .*\d.* Cost so far \$?\S+ stays spent/);
  assert.equal(asked.length, 0, "nothing is done before the answer");
  await dialog(page).getByRole("button", { name: en.act_stop, exact: true }).click();
  await eventually(async () => assert.match((await outcomes(page))[0], /done aborted run 42$/));
  const [{ key, action, csrf, installation, idempotencyKey }] = asked;
  assert.deepEqual([key, action, csrf, installation], [stuck.key, "stop", "a-csrf-token", stuck.installation]);
  assert.match(idempotencyKey, /^[0-9a-f-]{32,36}$/);
  await dialog(page).getByRole("button", { name: en.close }).last().click();
  await eventually(async () => assert.equal(await dialog(page).count(), 0));
});

test("several at once: one question, four at a time, an outcome for each", async (context) => {
  const said = ["done", "not_running", "refused", "unknown"];
  let [now, most] = [0, 0];
  const { page, asked, rows } = await open(context, {
    answer: async (key, count) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => {
        setTimeout(resolve, 100);
      });
      now -= 1;
      return { outcome: said[(count - 1) % 4], detail: `said of ${count}` };
    },
  });
  await inRow(page, rows[2]).getByRole("checkbox").click();
  await inRow(page, rows[8])
    .getByRole("checkbox")
    .click({ modifiers: ["Shift"] });
  await bar(page).getByText("7 selected").waitFor();
  await bar(page).getByRole("button", { name: en.act_compact }).click();
  await dialog(page).getByRole("heading", { name: "Compact 7 sessions?" }).waitFor();
  await dialog(page).getByRole("button", { name: "Compact 7" }).click();
  await dialog(page).getByRole("button", { name: en.askAgain }).waitFor();
  const lines = (await outcomes(page)).join("\n");
  for (const word of [en.outcome_done, en.outcome_not_running, en.outcome_refused, en.unknownText])
    assert.ok(lines.includes(word), word);
  assert.deepEqual(
    asked.map(({ key }) => key).sort(),
    rows
      .slice(2, 9)
      .map(({ key }) => key)
      .sort(),
  );
  assert.ok(most > 1 && most <= 4, `${most} at once`);
  const unknown = asked[3];
  await dialog(page).getByRole("button", { name: en.askAgain }).click();
  await eventually(() => assert.equal(asked.length, 8));
  // For the key that it was asked with, the server's answer stands.
  assert.equal(asked[7].key, unknown.key);
  assert.equal(new Set(asked.map(({ idempotencyKey }) => idempotencyKey)).size, 8);
});

test("Delete asks for the name of one, and for the count of several", async (context) => {
  const { page, asked, rows } = await open(context);
  const [row] = rows.slice(5);
  await inRow(page, row)
    .getByRole("button", { name: /^Actions for/ })
    .click();
  await page.getByRole("menuitem", { name: en.act_delete }).click();
  const press = dialog(page).getByRole("button", { name: en.act_delete });
  assert.equal(await press.isDisabled(), true);
  await dialog(page).getByRole("textbox").fill("something else");
  assert.equal(await press.isDisabled(), true);
  await dialog(page).getByRole("textbox").fill(nameOf(row));
  await press.click();
  await eventually(() =>
    assert.deepEqual(
      asked.map(({ key, action }) => [key, action]),
      [[row.key, "delete"]],
    ),
  );
  await page.keyboard.press("Escape");
  await inRow(page, rows[5]).getByRole("checkbox").click();
  await inRow(page, rows[6]).getByRole("checkbox").click();
  await bar(page).getByRole("button", { name: en.act_delete }).click();
  await dialog(page).getByRole("textbox").fill("2");
  assert.equal(await dialog(page).getByRole("button", { name: "Delete 2" }).isDisabled(), false);
});

test("a message is sent with its words; a server that says no is told", async (context) => {
  const { page, asked, rows } = await open(context, {
    answer: () => ({ status: 404, title: "Not Found", detail: "no such session" }),
  });
  await inRow(page, rows[4]).getByRole("link").first().click();
  await sessionPage(page).getByRole("button", { name: en.act_send }).click();
  const question = dialog(page).last();
  await question.getByRole("textbox").fill("<img src=x onerror=alert(1)> and go on");
  await question.getByRole("button", { name: en.act_send }).click();
  await question.getByText("no such session").waitFor();
  assert.equal(asked[0].message, "<img src=x onerror=alert(1)> and go on");
  page.problems.splice(0, Infinity, ...page.problems.filter((one) => !one.includes("404")));
});

test("x selects the row of the keyboard, Escape selects nothing, the head selects what is filtered", async (context) => {
  const { page, rows } = await open(context);
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await bar(page).getByText("1 selected").waitFor();
  assert.equal(await inRow(page, rows[0]).getByRole("checkbox").isChecked(), true);
  await page.keyboard.press("Escape");
  await eventually(async () => assert.equal(await bar(page).count(), 0));
  await page.getByRole("searchbox").fill("type:cron");
  await page.getByLabel(en.pickAll).click();
  const count = rows.filter((row) => row.sessionType === "cron").length;
  await eventually(async () =>
    assert.match(await bar(page).innerText(), new RegExp(`^${Math.max(count, 1)}\\d* selected`)),
  );
});

test("on a phone all can be selected, and the bar keeps to its two lines", async (context) => {
  for (const language of ["en", "ko"]) {
    const words = { en, ko }[language];
    const { page } = await open(context, { width: 390, height: 844, language });
    await page.getByLabel(words.pickAll).click();
    const tools = page.getByRole("toolbar", { name: words.selection });
    const count = (text) => /\d+/.exec(text)[0];
    const head = await page.getByText(new RegExp(words.pickAllOf.replace("{n}", "\\d+"))).innerText();
    await tools.getByText(words.selectedCount.replace("{n}", count(head))).waitFor();
    const boxes = await tools
      .getByRole("button")
      .evaluateAll((all) =>
        all.map((one) => ({ y: one.getBoundingClientRect().y, inside: one.scrollWidth <= one.clientWidth })),
      );
    assert.equal(new Set(boxes.map(({ y }) => Math.round(y))).size, 2, JSON.stringify(boxes));
    assert.ok(
      boxes.every(({ inside }) => inside),
      JSON.stringify(boxes),
    );
    await page.getByLabel(words.pickAll).click();
    await eventually(async () => assert.equal(await tools.count(), 0));
  }
});

test("the keyboard alone reaches a question, answers it, and comes back", async (context) => {
  const { page, asked, rows } = await open(context);
  const focused = () =>
    page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.innerText);
  const more = inRow(page, rows[0]).getByRole("button", { name: /^Actions for/ });
  await page.keyboard.press("j");
  for (let step = 0; step < 6 && !/^Actions for/.test(await focused()); step += 1) await page.keyboard.press("Tab");
  assert.match(await focused(), /^Actions for/);
  const press = async (name) => {
    await page.keyboard.press("Enter");
    const item = page.getByRole("menuitem", { name });
    await item.waitFor();
    for (let step = 0; step < 6; step += 1) {
      if (await item.evaluate((one) => one === document.activeElement)) break;
      await page.keyboard.press("ArrowDown");
    }
    await page.keyboard.press("Enter");
    await dialog(page).waitFor();
  };
  await press(en.act_compact);
  assert.equal(await focused(), en.keepAsIs, "what changes nothing comes first");
  await page.keyboard.press("Escape");
  await eventually(async () => assert.equal(await dialog(page).count(), 0));
  assert.equal(asked.length, 0);
  await more.focus();
  await press(en.act_compact);
  await page.keyboard.press("Tab");
  assert.equal(await focused(), en.act_compact);
  await page.keyboard.press("Enter");
  await eventually(async () => assert.equal(await focused(), en.close));
  assert.deepEqual(
    asked.map(({ key, action }) => [key, action]),
    [[rows[0].key, "compact"]],
  );
  await page.keyboard.press("Enter");
  await eventually(async () => assert.equal(await dialog(page).count(), 0));
});

test("the audit page: who did what, and what became of it; older pages; nothing; an error", async (context) => {
  const entry = (id, given) => ({
    id,
    at: Date.UTC(2026, 10, 27, 7, 0, 0),
    who: "browser",
    from: "127.0.0.1",
    installation: "openclaw",
    action: "stop",
    key: "agent:main:main",
    taskId: null,
    outcome: "done",
    detail: "<b>aborted</b>",
    durationMs: 120,
    ...given,
  });
  let answer = (before) =>
    before
      ? { json: { entries: [entry("1", { outcome: "unknown", detail: "the very first" })], next: null } }
      : { json: { entries: [entry("3"), entry("2", { outcome: "refused", key: null, taskId: "t-9" })], next: "2" } };
  const { page } = await open(context);
  await page.route(/\/api\/audit/, (route) =>
    route.fulfill(answer(new URL(route.request().url()).searchParams.get("before"))),
  );
  await page.keyboard.press("g");
  await page.keyboard.press("a");
  const table = page.getByRole("main").getByRole("table");
  await table.getByText("<b>aborted</b>").first().waitFor();
  assert.equal(await table.getByRole("row").count(), 3);
  assert.match(await table.innerText(), /refused[^]*task t-9|task t-9[^]*refused/);
  await page.getByRole("button", { name: en.auditOlder }).click();
  await table.getByText("the very first").waitFor();
  assert.equal(await page.getByRole("button", { name: en.auditOlder }).count(), 0);
  answer = () => ({ status: 500, json: { detail: "the disk is full" } });
  await page.reload();
  await page.getByText("the disk is full").waitFor();
  answer = () => ({ json: { entries: [], next: null } });
  await page.getByRole("button", { name: en.tryNow }).click();
  await page.getByRole("heading", { name: en.auditNone }).waitFor();
  page.problems.splice(0, Infinity, ...page.problems.filter((one) => !one.includes("500")));
});
