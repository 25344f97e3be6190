// A state of 2,000 model calls that OpenClaw itself moved from text files into databases, and whose old sessions its
// retention then moved into packed archives. A dashboard that watches all the time, one that starts afterwards and one
// that was away meanwhile must each count every call once, and so must their ledgers.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { startDashboard } from "../support/dashboard.mjs";
import { eventually, getJson } from "../support/page.mjs";
import { AGENTS } from "./config.mjs";
import { openLab } from "./lab.mjs";
import { groupsEqual, totalsEqual, totalsStay } from "./ledger.mjs";
import { writeOldState } from "./old-state.mjs";
import { placesOfCalls } from "./places-of-calls.mjs";
import { closeTo, dollarsOf, tokensOf, tokensShown, totalsShown } from "./truth.mjs";
import { PATIENCE_MS } from "./world.mjs";

const VERSION = "2026.9.6";
const CALLS = 2000;
/** A hundredth of a cent. */
const CLOSE = 1e-4;

describe(`a state of ${CALLS} calls that OpenClaw ${VERSION} migrated`, { timeout: 600_000 }, () => {
  let lab;
  let watching;
  let sessions;

  before(async () => {
    lab = await openLab(VERSION, { name: "migrated" });
    sessions = writeOldState(lab.stateDir);
    watching = await serve();
  });
  after(async () => {
    await watching?.stop();
    await lab?.close();
  });

  const serve = (context, dataDir) =>
    startDashboard(["serve", "--state-dir", lab.stateDir, "--source", "files"], { context, dataDir });
  const awayFolder = () => path.join(lab.home, "away");

  test("before the migration", async (context) => {
    await countsOnce(watching, sessions, sessions);
    // This one is away until the end.
    const away = await serve(context, awayFolder());
    await countsOnce(away, sessions, sessions);
  });

  test("after the migration, watched", async () => {
    await lab.cli("doctor", "--session-sqlite", "import", "--session-sqlite-all-agents");
    assert.deepEqual(
      AGENTS.filter(({ id }) => fs.existsSync(path.join(lab.stateDir, "agents", id, "sessions/sessions.json"))),
      [],
    );
    assert.equal(callsLeftBehind(lab.stateDir), CALLS, "OpenClaw keeps the old files, and no call may count again");
    await countsOnce(watching, sessions, sessions);
  });

  test("after the migration, seen for the first time", async (context) => {
    await countsOnce(await serve(context), sessions, sessions);
  });

  test("after retention has packed and archived old sessions, watched", async () => {
    await lab.startGateway();
    // As `openclaw sessions cleanup` asks it, which gives up after 10 s on a busy machine.
    await lab.call("sessions.cleanup", { allAgents: true, enforce: true }, "--timeout", "170000");
    const listed = await listedBy(lab, sessions);
    assert.ok(listed.length < sessions.length);
    await countsOnce(watching, sessions, listed);
    await groupsEqual(watching, callsOf(sessions));
  });

  test("after retention, back again", async (context) => {
    const back = await serve(context, awayFolder());
    await totalsStay(back, callsOf(sessions));
    await countsOnce(back, sessions, await listedBy(lab, sessions));
    await groupsEqual(back, callsOf(sessions));
  });

  test("after retention, seen for the first time", async (context) => {
    await countsOnce(await serve(context), sessions, await listedBy(lab, sessions));
  });

  test("the calls lie in plain rows, packed rows and archives", async () => {
    const places = await placesOfCalls(lab.stateDir);
    assert.ok(places.rows > 0 && places.packedRows > 0 && places.archives > 0, JSON.stringify(places));
    assert.equal(places.rows + places.packedRows + places.archives, CALLS);
  });
});

/** Calls in the text files that the migration put aside. */
function callsLeftBehind(stateDir) {
  return fs
    .readdirSync(stateDir, { recursive: true })
    .filter((name) => /\.jsonl\.imported-/.test(name))
    .flatMap((name) => fs.readFileSync(path.join(stateDir, name), "utf8").split("\n").filter(Boolean))
    .filter((line) => JSON.parse(line).message?.role === "assistant").length;
}

/** The sessions that OpenClaw lists. */
async function listedBy(lab, sessions) {
  const listed = (await lab.call("sessions.list", { limit: 1000 })).sessions.map((row) => row.key);
  return sessions.filter((session) => listed.includes(session.key));
}

/** Every call with the key of its session. */
const callsOf = (sessions) => sessions.flatMap(({ key, calls }) => calls.map((call) => ({ ...call, key })));

/** Every call is counted once, in a listed session or beside the list. */
function countsOnce(dashboard, all, listed) {
  return eventually(async () => {
    const answer = await getJson(dashboard.url, "api/sessions");
    assert.deepEqual(answer.sessions.map((row) => row.key).sort(), listed.map((session) => session.key).sort());
    for (const row of answer.sessions) {
      const { calls } = listed.find((session) => session.key === row.key);
      assert.deepEqual(tokensShown(row), tokensOf(calls), row.key);
      closeTo(row.cost, dollarsOf(calls), row.key, CLOSE);
    }
    const shown = listed.flatMap((session) => session.calls);
    assert.deepEqual(totalsShown(answer), tokensOf(shown));
    closeTo(answer.tokenStats.totalCost, dollarsOf(shown), "listed sessions", CLOSE);
    assert.equal(answer.coverage.callsRead, CALLS);
    assert.equal(answer.coverage.linesSkipped, 0);
    assert.deepEqual(answer.tokenStats.unpricedModels, []);
    const { sources } = await getJson(dashboard.url, "api/sources");
    for (const { id } of AGENTS)
      sameAgent(
        sources[0].agents.find((row) => row.agentId === id),
        id,
        all,
        listed,
      );
    await totalsEqual(dashboard, callsOf(all));
  }, PATIENCE_MS);
}

function sameAgent(row, agent, all, listed) {
  const own = (sessions) => callsOf(sessions.filter((session) => session.agent === agent));
  assert.equal(row.callsRead, own(all).length, agent);
  assert.equal(row.unlistedCalls, own(all).length - own(listed).length, agent);
  closeTo(row.cost, dollarsOf(own(all)), agent, CLOSE);
}
