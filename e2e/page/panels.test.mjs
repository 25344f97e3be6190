// Panels and tabs of one session: timeline, context, cost, family, runs, errors. What the server says is made up.
import assert from "node:assert/strict";
import test from "node:test";
import en from "../../web/lib/words-panels-en.js";
import { eventually, region, stage } from "../support/page.mjs";
import { detail, KEY, NOW, openSession, relative, run, turns } from "./panels-detail.mjs";

const here = await stage(test);
const CHILD = "agent:forge:subagent:child";

const open = openSession(here);
const plot = (page, name) => region(page, name).getByRole("group").first();
const tip = (page, name) => region(page, name).locator("[aria-live=polite]");
const rows = (page) => region(page, en.pTimeline).getByRole("listitem");
const text = async (place) => (await place.innerText()).replace(/\s+/g, " ");

test("the newest run, each of its steps with a name, when it began and how long it took", async (context) => {
  const page = await open(context);
  const panel = region(page, en.pTimeline);
  assert.match(await text(panel), /run 2 of 2 · 30m/);
  const said = (await rows(page).allInnerTexts()).map((one) => one.replace(/\s+/g, " "));
  const wanted = [
    /model call 1.*12\.3k.*2:00/,
    /edit src\/backoff\.rs.*exit code 0.*1:00/,
    /model call 2.*429 too many requests.*1:00/,
    /waiting to retry.*2:00/,
    /exec cargo test.*2 tests failed.*1:00/,
    /subagent: write tests.*12:00/,
    /compaction.*—/,
  ];
  assert.equal(said.length, wanted.length);
  wanted.forEach((pattern, place) => assert.match(said[place], pattern));
  for (const word of ["model call", "tool", "subagent", "error", "waiting"])
    await panel.getByText(word, { exact: true }).first().waitFor();
});

test("arrow keys read the steps and the bars in them; Escape ends it and closes nothing", async (context) => {
  const page = await open(context);
  const before = page.url();
  await plot(page, en.pTimeline).focus();
  await page.keyboard.press("ArrowDown");
  await eventually(async () => assert.match(await text(tip(page, en.pTimeline)), /prompt of all.*Model calls 2/));
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowUp");
  await eventually(async () => assert.match(await text(tip(page, en.pTimeline)), /subagent: write tests.*12m/));
  for (let n = 0; n < 3; n += 1) await page.keyboard.press("ArrowUp");
  await eventually(async () => assert.match(await text(tip(page, en.pTimeline)), /model call 2.*429 too many/));
  await page.keyboard.press("Escape");
  assert.equal(await tip(page, en.pTimeline).count(), 0);
  assert.equal(page.url(), before);
});

test("to the run before and back; a subagent's bar is a way to it", async (context) => {
  const page = await open(context);
  const panel = region(page, en.pTimeline);
  await panel.getByRole("button", { name: "Earlier: run 1" }).click();
  await eventually(async () => assert.match(await text(panel), /run 1 of 2 · 5m/));
  await panel.getByRole("button", { name: "Later: run 2" }).click();
  await rows(page)
    .getByRole("button", { name: /write tests/ })
    .click();
  await page.waitForURL((url) => url.hash.includes(encodeURIComponent(CHILD)));
});

test("the right edge of a run that goes on is now, and it moves", async (context) => {
  const start = Date.now() - 61_000;
  const live = run("live", start, 0, { endedAt: null, state: "running" });
  const page = await open(context, { runs: [live] });
  const seconds = async () => {
    const [, minutes, rest] = /run 1 of 1 · (\d+)m ?(\d*)/.exec(await text(region(page, en.pTimeline)));
    return Number(minutes) * 60 + Number(rest);
  };
  const first = await seconds();
  await eventually(async () => assert.ok((await seconds()) > first));
});

test("a run of 200 steps is overlooked at once, and each step can be had", async (context) => {
  const steps = Array.from({ length: 200 }, (_, n) => ({
    ...detail(KEY).runs[0].steps[n % 2],
    startedAt: NOW + n * 1000,
    endedAt: NOW + n * 1000 + 900,
  }));
  const long = run("long", NOW, 200_000, { steps, calls: 400, stepsOmitted: 600 });
  const page = await open(context, { runs: [long] });
  assert.ok((await rows(page).count()) <= 14);
  assert.match(await text(rows(page).first()), /model calls 301–400/);
  await region(page, en.pTimeline).getByText("600 earlier steps are not shown").waitFor();
  await region(page, en.pTimeline).getByRole("button", { name: en.pEachStep }).click();
  await eventually(async () => assert.equal(await rows(page).count(), 200));
});

test("runs as a list: one is shown in the timeline, earlier ones are asked for", async (context) => {
  // The first of these calls was made before any run that is read.
  const calls = turns(10, { at: NOW - 9e7 }).map((turn, place) => ({ ...turn, at: NOW - 9e7 + place * 9e6 }));
  const given = { turns: calls, runsBefore: "cursor", readBytes: 4e6, ofBytes: 1.07e9 };
  const page = await open(context, given, { tab: "runs" });
  const turnsPanel = region(page, en.pContextPerTurn);
  assert.match(await text(turnsPanel), /Compactions are shown since .*; earlier runs bring theirs\./);
  const list = page.getByRole("list", { name: en.pRuns });
  await list.waitFor();
  const panel = page.getByRole("tabpanel");
  assert.match(await text(panel), /From the last 4\.0 MB of 1\.1 GB/);
  assert.match(await text(panel), /exec 41 3 21:30/);
  assert.match(
    await text(list.getByRole("listitem").first()),
    /prompt of all.*\$0\.12.*done.*2 calls.*3 tool calls.*2 errors/,
  );
  await list.getByRole("button", { name: /prompt of first/ }).click();
  await eventually(async () => assert.match(await text(region(page, en.pTimeline)), /run of .* 5m/));
  await panel.getByRole("button", { name: en.pLoadRuns }).click();
  await eventually(async () => assert.equal(await list.getByRole("listitem").count(), 3));
  assert.deepEqual(page.asked, ["cursor"]);
  // Now that the first one is known, all have numbers.
  await eventually(async () => assert.match(await text(region(page, en.pTimeline)), /run 2 of 3/));
  assert.equal(await panel.getByRole("button", { name: en.pLoadRuns }).count(), 0);
  assert.match(await plot(page, en.pContextPerTurn).getAttribute("aria-label"), /compactions: 1\./);
  assert.doesNotMatch(await text(turnsPanel), /Compactions are shown since/);
});

test("context against the window: per cents, the line of 90, compactions, the last turn in words", async (context) => {
  const list = turns(138);
  const page = await open(context, {
    turns: list,
    compactions: [{ at: list[60].at + 1, tokensBefore: 9e4, tokensAfter: 3e4 }],
  });
  const panel = region(page, en.pContextPerTurn);
  assert.match(await text(panel), /182k of 200k.*over 90%.*100%/);
  assert.match(await text(panel), /compacted \d\d:\d\d.*91%.*turn 1 turn 138/);
  assert.match(
    await plot(page, en.pContextPerTurn).getAttribute("aria-label"),
    /now 91% of 200k, 138 turns, compactions: 1/,
  );
  await plot(page, en.pContextPerTurn).focus();
  await page.keyboard.press("Home");
  await eventually(async () => assert.match(await text(tip(page, en.pContextPerTurn)), /turn 1 .*20,000 · 10%/));
});

test("an unknown window is told in tokens", async (context) => {
  const page = await open(context, { contextWindow: null });
  assert.match(await text(region(page, en.pContextPerTurn)), /30\.8k tokens, window unknown/);
  assert.doesNotMatch(await text(region(page, en.pContextPerTurn)), /%/);
});

test("cost of each turn and in all; what is not drawn is said", async (context) => {
  const list = turns(40).map((one, n) => ({ ...one, cost: n % 4 ? 0.25 : null }));
  const usage = { ...detail(KEY).usage, calls: 140, cost: 20 };
  const page = await open(context, { turns: list, turnsOmitted: 100, usage });
  const panel = region(page, en.pCostPerTurn);
  assert.match(
    await text(panel),
    /\$20\.00 in all.*100 earlier turns are not drawn; their \$12\.50 is in the total.*10 turns have no price/,
  );
  await plot(page, en.pCostPerTurn).focus();
  await page.keyboard.press("End");
  await eventually(async () =>
    assert.match(await text(tip(page, en.pCostPerTurn)), /turn 140 .*Cost \$0\.25 Until then \$20\.00/),
  );
});

test("the family as a tree: types in words, sums of the branch and of all, who is gone, a way to each", async (context) => {
  const family = [
    relative("agent:forge:root", null, 0, { label: "the root", cost: 2 }),
    relative(KEY, "agent:forge:root", 1, { label: "the current one" }),
    relative(CHILD, KEY, 2, { label: "a child", stuckSinceMs: NOW }),
    relative("agent:forge:subagent:gone", "agent:forge:root", 1, {
      gone: true,
      status: null,
      tokens: null,
      cost: null,
    }),
  ];
  const page = await open(context, {
    family,
    familyOmitted: 7,
    branch: { sessions: 2, tokens: 2_000_000, cost: 2, withoutCost: 0 },
    wholeFamily: { sessions: 11, tokens: 3_000_000, cost: 4, withoutCost: 1 },
  });
  const panel = region(page, en.pFamily);
  const said = await text(panel);
  assert.match(said, /1 main, 3 subagents, 3 levels/);
  assert.match(said, /a child stuck 1\.0M \$1\.00/);
  assert.match(said, /gone — —/);
  assert.match(said, /7 more are in the sum/);
  assert.match(said, /this session and below 2\.0M \$2\.00 whole family, without 1 unpriced 3\.0M \$4\.00/);
  assert.match(await text(panel.locator("[aria-current=true]")), /the current one/);
  await panel.getByRole("button", { name: "a child" }).click();
  await page.waitForURL((url) => url.hash.includes(encodeURIComponent(CHILD)));
});

test("errors: what, how often, when, on which models, and what it wasted", async (context) => {
  const errors = [
    {
      kind: "model",
      name: "",
      message: "429 slow down",
      count: 3,
      firstAt: NOW - 9e6,
      lastAt: NOW - 1e6,
      models: ["anthropic/a", "openai/b"],
      aborted: false,
      wastedTokens: 120_345,
      wastedCost: 0.62,
    },
    {
      kind: "tool",
      name: "exec",
      message: "no rule to make it",
      count: 2,
      firstAt: NOW - 9e6,
      lastAt: NOW - 1e6,
      models: [],
      aborted: false,
      wastedTokens: 0,
      wastedCost: 0,
    },
    {
      kind: "model",
      name: "",
      message: "aborted",
      count: 1,
      firstAt: NOW,
      lastAt: NOW,
      models: [],
      aborted: true,
      wastedTokens: 0,
      wastedCost: null,
    },
  ];
  const page = await open(context, { errors, errorsOmitted: 4 }, { tab: "errors" });
  const list = page.getByRole("list", { name: en.pErrorsTitle });
  await list.waitFor();
  assert.match(
    await text(page.getByRole("tabpanel")),
    /3 model calls failed, 1 model call was stopped, of 10 in all\. 120k tokens and \$0\.62 went into them\. 2 tool calls failed in the listed runs\./,
  );
  assert.match(
    await text(list.getByRole("listitem").first()),
    /failed 3 times.*429 slow down.*120k.*\$0\.62.*anthropic\/a, openai\/b/,
  );
  assert.match(
    await text(list.getByRole("listitem").nth(1)),
    /failed exec 2 times.*no rule to make it First .*Last [^$]*$/,
  );
  assert.match(await text(page.getByRole("tabpanel")), /4 older failures are only counted\.$/);
  assert.match(await text(list.getByRole("listitem").last()), /aborted once.*unpriced/);
});

test("nothing failed, nothing ran: said in words", async (context) => {
  const page = await open(context, { turns: [], runs: [], tools: [] }, { tab: "errors" });
  await page.getByRole("heading", { name: en.pNothingFailed }).waitFor();
  for (const [name, words] of [
    [en.pTimeline, en.pNoRuns],
    [en.pContextPerTurn, en.pNoTurns],
    [en.pCostPerTurn, en.pNoTurns],
    [en.pFamily, en.pAlone],
  ])
    await region(page, name).getByText(words).waitFor();
});
