// The log of a session and of its gateway: scope, level, following. The lines are made up.
import assert from "node:assert/strict";
import test from "node:test";
import en from "../../web/lib/words-panels-en.js";
import { eventually, stage } from "../support/page.mjs";
import { NOW, openSession } from "./panels-detail.mjs";

const here = await stage(test);
const open = openSession(here);

const line = (message, given = {}) => ({
  at: NOW,
  level: "info",
  subsystem: "gateway/ws",
  message,
  mine: true,
  ...given,
});
const answer = (lines, after, given = {}) => ({
  json: { lines, after, source: "file", file: "openclaw-2026-11-27.log", problem: null, masked: 0, ...given },
});
const log = (page) => page.getByRole("log");
const lines = (page) => log(page).getByRole("listitem");

/** The log tab, and what it asked for. */
async function logs(context, reply, said = {}) {
  const questions = [];
  const page = await open(context, said, {
    tab: "logs",
    logs: (question) => {
      questions.push(question);
      return reply(question, questions.length);
    },
  });
  return { page, questions };
}

test("levels by colour, icon and word; the part of OpenClaw; the file; what was masked", async (context) => {
  const { page, questions } = await logs(context, ({ after }) =>
    after
      ? answer([], "1")
      : answer([line("one"), line("two", { level: "error" }), line("three", { level: "fatal", at: null })], "1", {
          masked: 2,
        }),
  );
  await eventually(async () => assert.equal(await lines(page).count(), 3));
  assert.match((await lines(page).nth(1).innerText()).replace(/\s+/g, " "), /error gateway\/ws two/);
  assert.match(await lines(page).nth(2).innerText(), /—\s+fatal/);
  assert.match(await page.getByRole("tabpanel").innerText(), /3 lines\s+2 secrets masked\s+openclaw-2026-11-27\.log/);
  assert.deepEqual(questions[0], { scope: "session", level: "info", limit: "200", installation: "demo" });
});

test("what comes is added while it is followed, and not asked for while it is not", async (context) => {
  let count = 0;
  const { page, questions } = await logs(context, () => {
    count += 1;
    return answer([line(`line ${count}`)], String(count));
  });
  await eventually(async () => assert.ok((await lines(page).count()) >= 3));
  assert.deepEqual(
    questions.slice(0, 3).map(({ after }) => after),
    [undefined, "1", "2"],
  );
  const follow = page.getByRole("switch", { name: en.pFollow });
  assert.equal(await follow.getAttribute("aria-checked"), "true");
  await follow.click();
  await page.waitForTimeout(500);
  const asked = questions.length;
  await page.waitForTimeout(4500);
  assert.equal(questions.length, asked);
  await follow.click();
  await eventually(() => assert.ok(questions.length > asked));
});

test("another tab ends it", async (context) => {
  const { page, questions } = await logs(context, () => answer([line("x")], "1"));
  await lines(page).first().waitFor();
  await page.getByRole("tab", { name: /Errors/ }).click();
  await page.waitForTimeout(500);
  const asked = questions.length;
  await page.waitForTimeout(3000);
  assert.equal(questions.length, asked);
});

test("scope and level are asked for; in the gateway's log the lines of this session are marked", async (context) => {
  const { page, questions } = await logs(context, ({ scope, after }) =>
    after ? answer([], after) : answer([line(`of ${scope}`), line("another's", { mine: false })], "1"),
  );
  await lines(page).first().waitFor();
  assert.doesNotMatch(await log(page).innerText(), new RegExp(en.pMine), "all are of this session");
  await page.getByRole("button", { name: en.pScope_gateway }).click();
  await eventually(async () => assert.match(await log(page).innerText(), /of gateway/));
  assert.equal(await log(page).getByText(en.pMine).count(), 1);
  await page.getByRole("button", { name: en.pLevel_warn }).click();
  await eventually(() => assert.ok(questions.some(({ scope, level }) => scope === "gateway" && level === "warn")));
});

test("why there is nothing is explained; nothing at all is said in words", async (context) => {
  const problem = "The folder of the log does not exist. Start the gateway.";
  const { page } = await logs(context, ({ scope }) =>
    answer([], "1", scope === "gateway" ? {} : { problem, file: null }),
  );
  await page.getByText(problem).waitFor();
  await page.getByRole("button", { name: en.pScope_gateway }).click();
  await page.getByText("The gateway has written no line of level info or worse.").waitFor();
});

test("an answer that fails is told, and asked for again", async (context) => {
  let isUp = false;
  const { page } = await logs(context, () =>
    isUp ? answer([line("it is back")], "1") : { status: 503, json: { detail: "the gateway is away" } },
  );
  await page.getByText("the gateway is away").waitFor();
  isUp = true;
  await page.getByRole("button", { name: "Try now" }).click();
  await page.getByText("it is back").waitFor();
  page.problems.length = 0;
});

test("no more than 2,000 lines stay; the end is in sight", async (context) => {
  const { page } = await logs(context, ({ after }) =>
    after
      ? answer([line("the last one")], "2")
      : answer(
          Array.from({ length: 2200 }, (_, n) => line(`number ${n}`)),
          "1",
        ),
  );
  await page.getByText("the last one").first().waitFor();
  assert.equal(await lines(page).count(), 2000);
  const left = await log(page).evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
  assert.ok(left < 40, `${left} px below`);
});

test("who has scrolled up to read stays there", async (context) => {
  const { page } = await logs(context, ({ after }) =>
    after
      ? answer([line("something new")], String(Number(after) + 1))
      : answer(
          Array.from({ length: 150 }, (_, n) => line(`number ${n}`)),
          "1",
        ),
  );
  await lines(page).first().waitFor();
  await log(page).evaluate((box) => {
    box.scrollTop = 100;
  });
  await eventually(async () => assert.ok((await lines(page).count()) > 150));
  assert.equal(await log(page).evaluate((box) => box.scrollTop), 100);
});

test("with message text off nothing is asked for", async (context) => {
  const { page, questions } = await logs(context, () => answer([], "1"), { messages: "off" });
  await page.getByRole("heading", { name: en.pLogOff }).waitFor();
  assert.deepEqual(questions, []);
});
