// The tests against a running OpenClaw, the same for every version: the dashboard watches while agents work, and must
// show what the provider says it reported.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { exact, exactMoney } from "../../web/lib/format.js";
import { en, eventually, getJson, openPage, region } from "../support/page.mjs";
import { pictureOf } from "./folder.mjs";
import { panelOf, rowOf, tooltips } from "./shown.mjs";
import { answered, dollarsOf, tokensOf, tokensShown } from "./truth.mjs";
import { until } from "./wait.mjs";
import { PATIENCE_MS, World } from "./world.mjs";

/** What `testResetAndDelete` deletes. */
const DELETED = ["custom", "kept"];

export function testLiveOpenClaw(version) {
  describe(`OpenClaw ${version}`, { timeout: 600_000 }, () => {
    const world = new World(version);
    before(() => world.open(firstTurns));
    after(() => world.close());

    test("every session's tokens and cost are what the provider reported", () => world.agrees());
    test("types, parents and failures are told", () => testTypes(world));
    test("a run in progress is shown as running", (context) => testRunning(world, context));
    test("a new turn appears without a restart", (context) => testNewTurn(world, context));
    test("a session is shown by its new name", () => testRename(world));
    test("the page shows the provider's numbers", (context) => testPage(world, context));
    test("reset and delete lose no call", () => testResetAndDelete(world));
    test("a restart of the dashboard gives the same", () => testRestart(world));
    test("nothing below the state folder changes", () => testUntouched(world));
  });
}

/** A tool call, cache reads and writes, a subagent, a failure, a job and a session with a name of its own. */
async function firstTurns(world) {
  const { lab } = world;
  await lab.turn("main", "@as main\n@usage 1200 34\n@say The plan is ready.");
  await lab.turn("main", "@as main\n@exec echo tool-output\n@say The tool ran.");
  await lab.turn("research", "@as research\n@usage 900 21 300 150\n@say Noted.");
  await lab.turn("research", "@as research\n@spawn literature | @as literature ;; @usage 650 18 7 40 ;; @say Read.");
  await lab.turn("ops", "@as custom\n@usage 2001 83 19\n@say Done.", world.keys.custom);
  await lab.turn("ops", "@as kept\n@usage 77 5\n@say Kept.", world.keys.kept);
  await assert.rejects(lab.turn("ops", "@as failing\n@error 400\nThis one fails."), /400/);
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
  await world.learnKey("literature", (row) => row.label === "literature");
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

async function testResetAndDelete(world) {
  const { lab, keys } = world;
  assert.equal((await lab.call("sessions.reset", { key: keys.main })).ok, true);
  await world.agrees();
  await lab.turn("main", "@as main\n@usage 611 13\n@say A new start.");
  await world.agrees();
  assert.equal((await lab.call("sessions.delete", { key: keys.custom, deleteTranscript: true })).deleted, true);
  await world.agrees({ deleted: ["custom"] });
  // Its transcript may stay: the session is gone all the same.
  assert.equal((await lab.call("sessions.delete", { key: keys.kept, deleteTranscript: false })).deleted, true);
  await world.agrees({ deleted: DELETED });
  const { sources } = await getJson(world.dashboard.url, "api/sources");
  const ops = sources[0].agents.find((agent) => agent.agentId === "ops");
  assert.equal(ops.unlistedCalls, DELETED.flatMap((name) => world.callsOf(name)).length);
}

async function testRestart(world) {
  await world.dashboard.stop();
  await world.startDashboard();
  await world.agrees({ deleted: DELETED });
}

async function testUntouched(world) {
  await world.dashboard.stop();
  await world.lab.stopGateway();
  const before = pictureOf(world.lab.stateDir);
  assert.ok(Object.keys(before).length > 10);
  await world.startDashboard();
  await world.agrees({ deleted: DELETED });
  await world.dashboard.stop();
  assert.deepEqual(pictureOf(world.lab.stateDir), before);
}
