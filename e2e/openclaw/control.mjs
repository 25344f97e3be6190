// What can be done from the page to a running OpenClaw, and that OpenClaw did it: the same for every version.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { startDashboard } from "../support/dashboard.mjs";
import { en, eventually, getJson, openPage } from "../support/page.mjs";
import { act, signIn } from "./acting.mjs";
import { exact } from "../../web/lib/format.js";
import { panelOf, rowOf, tooltips } from "./shown.mjs";
import { until } from "./wait.mjs";
import { PATIENCE_MS, World } from "./world.mjs";

/** A world whose dashboard follows the gateway and may act. */
class Floor extends World {
  get arguments() {
    return ["serve", "--state-dir", this.lab.stateDir, "--source", "files,gateway", "--allow-control"];
  }

  get token() {
    return fs.readFileSync(path.join(this.lab.home, "dashboard", "token"), "utf8").trim();
  }

  /** The page of somebody who has signed in. */
  async page(context) {
    const page = await openPage(context, this);
    await signIn(page, this.token);
    return page;
  }

  /** A turn that goes on until the provider is told to end it, or is cut off. */
  async beginHeld(name) {
    const key = this.keys[name];
    const before = this.callsOf(name).length;
    // As a person begins it: 2026.3.13 can stop no other.
    const message = `@as ${name}\n@hold\n@usage 700 30`;
    await this.lab.call("chat.send", { sessionKey: key, message, idempotencyKey: randomUUID() });
    await until(`${name} asks the provider`, () => this.callsOf(name).length > before);
    await this.shows(name, "running");
    return key;
  }

  shows(name, runState) {
    return eventually(async () => assert.equal((await this.session(name))?.runState, runState), PATIENCE_MS);
  }

  async gateway() {
    const { sources } = await getJson(this.dashboard.url, "api/sources");
    return sources.find((source) => source.kind === "gateway");
  }

  async audit() {
    return (await getJson(this.dashboard.url, "api/audit")).entries;
  }
}

export function testControl(version, { trees = true, tasks = true } = {}) {
  describe(`control of OpenClaw ${version}`, { timeout: 600_000 }, () => {
    const floor = new Floor(version);
    Object.assign(floor.keys, {
      ops: "agent:ops:main",
      one: "agent:ops:one",
      two: "agent:ops:two",
      three: "agent:main:three",
      gone: "agent:ops:gone",
    });
    before(() => floor.open());
    after(() => floor.close());

    test("the gateway is followed", () => testFollowed(floor));
    test("a slow run is stopped from the page, and OpenClaw says aborted", (context) => testStop(floor, context));
    test("what does not run is not stopped", () => testNothingToStop(floor));
    test("a restart answers again", (context) => testRestart(floor, context));
    test(
      "a subagent is stopped with the session that spawned it",
      { skip: !trees && "it stops only what began with chat.send" },
      () => testTree(floor),
    );
    test("a background task is cancelled", { skip: !tasks && "this version keeps no tasks" }, () => testCancel(floor));
    test("a message is sent, a session compacted and reset", (context) => testOthers(floor, context));
    test("a session that does not exist is not made by a reset", () => testUnknown(floor));
    test("delete removes the session, and the ledger keeps what it has cost", (context) => testDelete(floor, context));
    test("the main session is refused in OpenClaw's words", () => testRefused(floor));
    test("two dashboards on one gateway agree", (context) => testTwo(floor, context));
    test("the page heals when the gateway is killed in the middle of a run", (context) => testKilled(floor, context));
    test("all of it is written down, and stays written", () => testAudit(floor));
  });
}

async function testFollowed(floor) {
  // The first turn of an agent may be refused (see lab.mjs): it is asked again here, and nowhere below.
  await floor.lab.turn("main", "@as main\n@usage 1200 34\n@say The plan is ready.");
  await floor.lab.turn("ops", "@as ops\n@usage 12 3\n@say Ready.", floor.keys.ops);
  await floor.lab.turn("research", "@as research\n@usage 13 4\n@say Ready.");
  await eventually(async () =>
    assert.deepEqual([(await floor.gateway())?.status, (await floor.gateway())?.detail], ["ok", ""]),
  );
}

async function testStop(floor, context) {
  const page = await floor.page(context);
  const key = await floor.beginHeld("one");
  await rowOf(page, key).waitFor();
  const words = await act(page, key, "stop");
  assert.match(words, new RegExp(en.outcome_done));
  await floor.shows("one", "aborted");
  await eventually(async () => assert.equal((await panelOf(page, key))[en.runState], en.aborted), PATIENCE_MS);
  assert.equal(floor.callsOf("one").length, 1, "the provider was not asked again");
  const { messages } = await floor.lab.call("sessions.get", { key, limit: 20 });
  assert.match(JSON.stringify(messages.at(-1)), /abort/i, "OpenClaw's own record says so");
}

async function testNothingToStop(floor) {
  const answer = await post(floor, floor.keys.one, { action: "stop" });
  assert.deepEqual([answer.outcome, answer.detail], ["not_running", "no-active-run"]);
}

async function testRestart(floor, context) {
  const page = await floor.page(context);
  const key = await floor.beginHeld("two");
  const words = await act(page, key, "restart");
  assert.match(words, new RegExp(en.outcome_done));
  await until("the same message is asked again", () => floor.callsOf("two").length === 2);
  floor.lab.provider.release();
  await until("and answered", () => floor.callsOf("two").some((call) => call.completed));
  await floor.shows("two", "idle");
}

async function testTree(floor) {
  await floor.lab.turn(
    "research",
    "@as research\n@spawn long haul | @as haul ;; @hold ;; @usage 2100 77 ;; @say Hauled.",
  );
  await until("the subagent asks the provider", () => floor.callsOf("haul").length > 0);
  await floor.learnKey("haul", (row) => row.label === "long haul");
  await floor.shows("haul", "running");
  const answer = await post(floor, floor.keys.research, { action: "stop" });
  assert.equal(answer.outcome, "done", answer.detail);
  await floor.shows("haul", "aborted");
}

async function testCancel(floor) {
  await floor.lab.turn("research", "@as research\n@spawn errand | @as errand ;; @hold ;; @usage 900 7 ;; @say Done.");
  await until("the subagent asks the provider", () => floor.callsOf("errand").length > 0);
  await floor.learnKey("errand", (row) => row.label === "errand");
  const { taskId } = await until("the queue names the task", async () =>
    (await floor.sessions()).taskQueue.find((item) => item.key === floor.keys.errand && item.taskId),
  );
  const answer = await ask(floor, `api/tasks/${encodeURIComponent(taskId)}/actions`, { action: "cancel" });
  assert.equal(answer.outcome, "done", answer.detail);
  await eventually(async () => {
    const { tasks } = await getJson(floor.dashboard.url, "api/tasks");
    assert.equal(tasks.find((task) => task.taskId === taskId).status, "cancelled");
  }, PATIENCE_MS);
}

async function testOthers(floor, context) {
  const page = await floor.page(context);
  const key = floor.keys.three;
  await floor.lab.turn("main", "@as three\n@say one", key);
  await rowOf(page, key).waitFor();
  assert.match(
    await act(page, key, "send", { message: "@as three\n@usage 321 9\n@say two" }),
    new RegExp(en.outcome_done),
  );
  await until("it is answered", () => floor.callsOf("three").filter((call) => call.completed).length === 2);
  await floor.shows("three", "idle");
  const compacted = await post(floor, key, { action: "compact" });
  assert.ok(["done", "refused"].includes(compacted.outcome), JSON.stringify(compacted));
  assert.match(await act(page, key, "reset"), new RegExp(en.outcome_done));
  await eventually(async () => {
    const { messages } = await floor.lab.call("sessions.get", { key, limit: 20 });
    assert.deepEqual(
      messages.filter(({ role }) => role === "user"),
      [],
      "nothing is left of the conversation",
    );
  }, PATIENCE_MS);
}

async function testUnknown(floor) {
  const response = await fetch(
    `${floor.dashboard.url}/api/sessions/agent%3Aops%3Anever/actions`,
    request(floor, { action: "reset" }),
  );
  assert.equal(response.status, 404);
  const { sessions } = await floor.lab.call("sessions.list");
  assert.ok(!sessions.some((row) => row.key === "agent:ops:never"));
}

async function testDelete(floor, context) {
  const page = await floor.page(context);
  const key = floor.keys.gone;
  await floor.lab.turn("ops", "@as gone\n@usage 5000 400\n@say Gone soon.", key);
  await rowOf(page, key).waitFor();
  const { totals } = await getJson(floor.dashboard.url, "api/usage?from=all&bucket=total");
  assert.match(await act(page, key, "delete", { name: await shownName(page, key) }), new RegExp(en.outcome_done));
  await rowOf(page, key).waitFor({ state: "detached" });
  const { sessions } = await floor.lab.call("sessions.list");
  assert.ok(!sessions.some((row) => row.key === key));
  const now = await getJson(floor.dashboard.url, "api/usage?from=all&bucket=total");
  assert.deepEqual(now.totals, totals);
}

async function testRefused(floor) {
  const answer = await post(floor, "agent:main:main", { action: "delete" });
  assert.equal(answer.outcome, "refused");
  assert.match(answer.detail, /main session/i);
}

async function testTwo(floor, context) {
  const second = await startDashboard(["serve", "--state-dir", floor.lab.stateDir, "--source", "files,gateway"], {
    context,
  });
  const key = await floor.beginHeld("one");
  const rows = async (url) => {
    const { sessions, stats, total } = await getJson(url, "api/sessions");
    const rows = sessions.map(({ key: name, runState, status, cost, calls }) => ({
      name,
      runState,
      status,
      cost,
      calls,
    }));
    return { rows: rows.sort((a, b) => (a.name < b.name ? -1 : 1)), stats, total };
  };
  await eventually(async () => {
    const [mine, other] = [await rows(floor.dashboard.url), await rows(second.url)];
    assert.deepEqual(other, mine);
    assert.equal(mine.rows.find((row) => row.name === key).runState, "running");
  }, PATIENCE_MS);
  floor.lab.provider.release();
  await floor.shows("one", "idle");
  await eventually(async () => assert.deepEqual(await rows(second.url), await rows(floor.dashboard.url)), PATIENCE_MS);
}

async function testKilled(floor, context) {
  const page = await floor.page(context);
  await page.evaluate(() => {
    window.notReloaded = true;
  });
  await floor.beginHeld("two");
  await floor.lab.killGateway();
  await eventually(
    async () => assert.match((await floor.gateway()).detail, /No gateway answers|ended the connection/),
    PATIENCE_MS,
  );
  await floor.lab.startGateway();
  await eventually(async () => assert.equal((await floor.gateway()).status, "ok"), PATIENCE_MS);
  floor.lab.provider.release();
  await floor.lab.turn("main", "@as main\n@usage 77 7\n@say Here again.");
  await floor.shows("main", "idle");
  const { inputTokens } = await floor.session("main");
  await eventually(async () => {
    const shown = await tooltips(page, floor.keys.main);
    assert.ok(
      shown.some((title) => title.includes(exact(inputTokens))),
      `${inputTokens} in ${shown.join(" | ")}`,
    );
  }, PATIENCE_MS);
  await eventually(async () => {
    const live = await page.evaluate(() => document.title);
    const { stats } = await floor.sessions();
    assert.ok(live.startsWith(`${stats.running} `), `${live} for ${stats.running}`);
  }, PATIENCE_MS);
  assert.equal(await page.evaluate(() => window.notReloaded), true);
}

async function testAudit(floor) {
  const entries = await floor.audit();
  const said = entries.map(({ action, outcome }) => `${action} ${outcome}`);
  for (const wanted of [
    "stop done",
    "stop not_running",
    "restart done",
    "send done",
    "reset done",
    "delete done",
    "delete refused",
  ])
    assert.ok(said.includes(wanted), `${wanted} in ${said.join(", ")}`);
  assert.ok(
    entries.every(({ from, who, at }) => from === "127.0.0.1" && ["browser", "bearer"].includes(who) && at > 0),
  );
  assert.ok(entries.some(({ who }) => who === "browser") && entries.some(({ who }) => who === "bearer"));
  const before = entries.map(({ id }) => id);
  await floor.dashboard.stop();
  await floor.startDashboard();
  assert.deepEqual(
    (await floor.audit()).map(({ id }) => id),
    before,
  );
}

const request = (floor, body) => ({
  method: "POST",
  headers: { authorization: `Bearer ${floor.token}`, "content-type": "application/json" },
  body: JSON.stringify(body),
});

async function ask(floor, route, body) {
  const response = await fetch(`${floor.dashboard.url}/${route}`, request(floor, body));
  const answer = await response.json();
  assert.equal(response.status, 200, JSON.stringify(answer));
  return answer;
}

const post = (floor, key, body) => ask(floor, `api/sessions/${encodeURIComponent(key)}/actions`, body);

const shownName = async (page, key) => (await rowOf(page, key).getByRole("link").first().innerText()).trim();
