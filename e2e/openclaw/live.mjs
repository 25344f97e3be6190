// The tests against a running OpenClaw, the same for every version: the dashboard watches while agents work, and must
// show what the provider says it reported. Its ledger must go on saying so, whatever OpenClaw deletes.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { exact, exactMoney } from "../../web/lib/format.js";
import { en, eventually, getJson, openPage, region } from "../support/page.mjs";
import { pictureOf } from "./folder.mjs";
import { groupsEqual, totalsEqual } from "./ledger.mjs";
import { testConversation, testDeletedStays, testDetail, testFailedTurn, testFamilyStays, testLog } from "./opened.mjs";
import { panelOf, rowOf, tooltips } from "./shown.mjs";
import { answered, dollarsOf, tokensOf, tokensShown } from "./truth.mjs";
import { until } from "./wait.mjs";
import { PATIENCE_MS, World } from "./world.mjs";

/** What `testResetAndDelete` deletes. */
const DELETED = ["custom", "kept"];

/**
 * What not every version does. `archives`: it can put a session aside; `summarises`: a compaction asks a model; else a
 * part of the transcript is cut off; `saysFailed`: its command ends with an error when the turn did; `runsGo`: the row of
 * a job's run goes with that of the job; `namesDeleted`: what was deleted still tells whose it was, and goes with its
 * agent.
 */
export function testLiveOpenClaw(version, traits = {}) {
  const { archives = true, summarises = true, saysFailed = true, runsGo = true, namesDeleted = true } = traits;
  // While the dashboard is away: a subagent and a job.
  const unseen = runsGo ? ["literature", "job"] : ["literature"];
  const deleted = [...DELETED, ...unseen];
  describe(`OpenClaw ${version}`, { timeout: 600_000 }, () => {
    const world = new World(version);
    before(() => world.open());
    after(() => world.close());

    test("the ledger has every call as soon as it is made", () => testFirstTurns(world, saysFailed));
    test("every session's tokens and cost are what the provider reported", () => world.agrees());
    test("a dashboard that comes late shows the same", (context) => testLate(world, context));
    test("types, parents and failures are told", () => testTypes(world));
    test("a conversation reads as OpenClaw tells it", () => testConversation(world));
    test("a failed turn has the provider's words", () => testFailedTurn(world));
    test("runs, tools and family of an opened session", () => testDetail(world));
    test("the log is told by file and by gateway", (context) => testLog(world, context));
    test("a run in progress is shown as running", (context) => testRunning(world, context));
    test("a new turn appears without a restart", (context) => testNewTurn(world, context));
    test("a session is shown by its new name", () => testRename(world));
    test("the page shows the provider's numbers", (context) => testPage(world, context));
    const unless = (can, why) => ({ skip: !can && `${version} ${why}` });
    const cuts = "asks no model for a summary";
    test("a compaction loses no call", unless(summarises, cuts), () => testCompaction(world));
    test("an archived session loses no call", unless(archives, "keeps no archive"), () => testArchive(world));
    test("reset and delete lose no call", () => testResetAndDelete(world));
    test("a deleted session can be opened", () => testDeletedStays(world, "kept", world.callsOf("kept")));
    const named = unless(namesDeleted, "leaves transcripts without a name");
    test("what is deleted while the dashboard is away stays in its ledger", () =>
      testDeletedUnseen(world, unseen, deleted));
    test("a restart of the dashboard gives the same", () => testRestart(world, deleted));
    test("an empty ledger learns what OpenClaw still holds", (context) => testFresh(world, deleted, context));
    test("and whose it was", named, (context) => testFreshOwners(world, context));
    test("nothing below the state folder changes", () => testUntouched(world, deleted));
    test("the ledger keeps an agent that OpenClaw has removed", named, (context) => testRemovedAgent(world, context));
  });
}

/** A tool call, cache reads and writes, a subagent, a failure, a job and a session with a name of its own. */
async function testFirstTurns(world, saysFailed) {
  const { lab } = world;
  const turn = async (...request) => {
    await lab.turn(...request);
    await world.ledgerAgrees();
  };
  await turn("main", "@as main\n@usage 1200 34\n@say The plan is ready.");
  await turn("main", "@as main\n@exec echo tool-output\n@say The tool ran.");
  await turn("research", "@as research\n@usage 900 21 300 150\n@say Noted.");
  await lab.turn("research", "@as research\n@spawn literature | @as literature ;; @usage 650 18 7 40 ;; @say Read.");
  await world.learnKey("literature", (row) => row.label === "literature");
  await world.ledgerAgrees();
  await turn("ops", "@as custom\n@usage 2001 83 19\n@say Done.", world.keys.custom);
  await turn("ops", "@as kept\n@usage 77 5\n@say Kept.", world.keys.kept);
  const failing = lab.turn("ops", "@as failing\n@error 400\nThis one fails.");
  await (saysFailed ? assert.rejects(failing, /400/) : failing);
  await world.ledgerAgrees();
  const job = JSON.parse(
    await lab.cli(
      "cron",
      "add",
      "--name",
      "nightly",
      "--every",
      "12h",
      "--agent",
      "main",
      "--session",
      "isolated",
      "--message",
      "@as job\n@usage 500 11\n@say Reported.",
      "--no-deliver",
      "--json",
    ),
  );
  world.keys.job = `agent:main:cron:${job.id}`;
  await lab.cli("cron", "run", job.id);
  await until("the job has run", () => answered(world.callsOf("job")).length > 0);
  await world.ledgerAgrees();
}

async function testLate(world, context) {
  const dashboard = await world.freshDashboard(context);
  await world.agrees({ dashboard });
  await groupsEqual(dashboard, world.calls);
}

function testTypes(world) {
  const names = Object.keys(world.keys);
  return eventually(async () => {
    const rows = Object.fromEntries((await world.sessions()).sessions.map((row) => [row.key, row]));
    const of = (name) => rows[world.keys[name]];
    assert.deepEqual(names.map((name) => [name, of(name).sessionType, of(name).runState]).sort(), [
      ["custom", "main", "idle"],
      ["failing", "main", "failed"],
      ["job", "cron", "idle"],
      ["kept", "main", "idle"],
      ["literature", "subagent", "idle"],
      ["main", "main", "idle"],
      ["research", "main", "idle"],
    ]);
    assert.deepEqual([of("literature").parentKey, of("literature").label], [world.keys.research, "literature"]);
    assert.deepEqual(
      names.filter((name) => of(name).lastError),
      ["failing"],
    );
    assert.deepEqual(
      names.filter((name) => of(name).childCount > 0),
      ["research"],
    );
    assert.deepEqual(
      ["main", "research", "failing"].map((name) => of(name).model),
      ["claude-opus-4-5", "claude-sonnet-4-5", "gpt-5-mini"],
    );
  }, PATIENCE_MS);
}

/** The run is held open until it was seen everywhere. */
async function testRunning(world, context) {
  context.after(() => world.lab.provider.release());
  await world.lab.turn(
    "research",
    "@as research\n@spawn long haul | @as haul ;; @hold ;; @usage 2100 77 5 3 ;; @say Hauled.",
  );
  await until("the provider is asked", () => world.callsOf("haul").length > 0);
  await world.learnKey("haul", (row) => row.label === "long haul");
  await eventually(async () => {
    const { taskQueue, stats } = await world.sessions();
    const { runState, status } = await world.session("haul");
    assert.deepEqual([runState, status, stats.running], ["running", "active", 1]);
    assert.deepEqual(
      taskQueue.map((item) => [item.title, item.key, item.parentKey, item.status]),
      [["long haul", world.keys.haul, world.keys.research, "active"]],
    );
  }, PATIENCE_MS);
  const page = await openPage(context, world);
  await region(page, en.taskQueue).getByRole("button", { name: "long haul" }).waitFor();
  assert.equal((await panelOf(page, world.keys.haul))[en.runState], en.running);
  world.lab.provider.release();
  await world.agrees();
  await eventually(async () => assert.equal((await world.session("haul")).runState, "idle"), PATIENCE_MS);
}

async function testNewTurn(world, context) {
  const page = await openPage(context, world);
  const before = tokensOf(world.callsOf("main"));
  await world.lab.turn("main", "@as main\n@usage 4321 98 765\n@say One more.");
  const added = [4321, 98, 765, 0].map((count, place) => before[place] + count);
  await eventually(async () => assert.deepEqual(tokensShown(await world.session("main")), added), PATIENCE_MS);
  await until("the open page shows it", async () => (await tooltips(page, world.keys.main)).includes(exact(added[0])));
  await world.agrees();
}

/** Only the name changes: no turn, and no call of a model. */
async function testRename(world) {
  const { label: before } = await world.session("main");
  for (const [label, shown] of [
    ["first name", "first name"],
    ["second <b>name</b>", "second <b>name</b>"],
    [null, before],
  ]) {
    await world.lab.call("sessions.patch", { key: world.keys.main, label });
    await eventually(async () => assert.equal((await world.session("main")).label, shown), PATIENCE_MS);
  }
  await world.ledgerAgrees();
}

async function testPage(world, context) {
  const page = await openPage(context, world);
  for (const name of Object.keys(world.keys)) {
    const key = world.keys[name];
    const [input, output, cacheRead, cacheWrite] = tokensOf(world.callsOf(name));
    await rowOf(page, key).waitFor();
    const tips = await tooltips(page, key);
    for (const figure of [exact(input), exact(output), exact(cacheRead + cacheWrite)])
      assert.ok(tips.includes(figure), `${name}: ${figure}`);
    const panel = await panelOf(page, key);
    const figures = [en.inputTokens, en.outputTokens, en.cacheRead, en.cacheWrite].map((word) => panel[word]);
    assert.deepEqual(figures, [input, output, cacheRead, cacheWrite].map(exact), name);
    assert.ok(
      panel[en.costExact].startsWith(`${exactMoney(dollarsOf(world.callsOf(name)))} `),
      `${name}: ${panel[en.costExact]}`,
    );
  }
}

/** The summary stands for what was said, and the calls that said it stay paid. */
async function testCompaction(world) {
  await world.compact("main");
  await world.agrees();
  await world.lab.turn("main", "@as main\n@usage 822 17\n@say After the summary.");
  await world.agrees();
}

/** There and back. */
async function testArchive(world) {
  const expectedSessionId = await world.sessionId("kept");
  const patch = (archived) => world.lab.call("sessions.patch", { key: world.keys.kept, archived, expectedSessionId });
  await patch(true);
  await world.agrees({ deleted: ["kept"] });
  await patch(false);
  await world.agrees();
}

async function testResetAndDelete(world) {
  await world.reset("main");
  await world.agrees();
  await world.lab.turn("main", "@as main\n@usage 611 13\n@say A new start.");
  await world.agrees();
  await world.deleteSession("custom", true);
  await world.agrees({ deleted: ["custom"] });
  // Its transcript may stay: the session is gone all the same.
  await world.deleteSession("kept", false);
  await world.agrees({ deleted: DELETED });
  const { sources } = await getJson(world.dashboard.url, "api/sources");
  const ops = sources[0].agents.find((agent) => agent.agentId === "ops");
  assert.equal(ops.unlistedCalls, DELETED.flatMap((name) => world.callsOf(name)).length);
}

async function testDeletedUnseen(world, unseen, deleted) {
  await world.ledgerStaysThrough(async () => {
    await world.reset("research");
    for (const name of unseen) await world.deleteSession(name, name !== "job");
  });
  await world.agrees({ deleted });
  await testFamilyStays(world);
}

async function testRestart(world, deleted) {
  await world.ledgerStaysThrough(() => {});
  await world.agrees({ deleted });
}

async function testFresh(world, deleted, context) {
  await world.agrees({ deleted, dashboard: await world.freshDashboard(context) });
}

async function testFreshOwners(world, context) {
  const dashboard = await world.freshDashboard(context);
  await eventually(() => totalsEqual(dashboard, world.calls), PATIENCE_MS);
  await groupsEqual(dashboard, world.calls);
}

async function testUntouched(world, deleted) {
  await world.dashboard.stop();
  await world.lab.stopGateway();
  const before = pictureOf(world.lab.stateDir);
  assert.ok(Object.keys(before).length > 10);
  await world.startDashboard();
  await world.agrees({ deleted });
  await world.dashboard.stop();
  assert.deepEqual(pictureOf(world.lab.stateDir), before);
  await world.startDashboard();
}

/** Sessions, transcripts and archives of the agent are gone from the state folder. */
async function testRemovedAgent(world, context) {
  const isLeft = (call) => !call.key.startsWith("agent:ops:");
  await world.lab.cli("agents", "delete", "ops", "--force", "--json");
  const fresh = await world.freshDashboard(context);
  await eventually(() => totalsEqual(fresh, world.calls.filter(isLeft)), PATIENCE_MS);
  await world.ledgerAgrees();
  await world.ledgerStaysThrough(() => {});
}
