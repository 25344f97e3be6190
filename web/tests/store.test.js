// What the page knows after answers, failures and silence.
import { replace } from "./globals.js";
import assert from "node:assert/strict";
import test from "node:test";
import { ageOf } from "../lib/status.js";
import { row } from "./rows.js";

const store = await import("../lib/store.js");

const BEGIN = Date.UTC(2026, 10, 25, 8, 0, 0);
const SOURCES = {
  refreshSeconds: 10,
  activeMinutes: 5,
  idleMinutes: 60,
  stuckMinutes: 10,
  progress: { done: 1, total: 1, complete: true },
  sources: [],
  installations: [],
};

/** A server whose answers and whose clock a test sets; the browser's clock too. */
function serve(context) {
  const world = { now: BEGIN, serverAhead: 0, asOf: 0, sources: SOURCES, sessions: [], fails: null, asked: [] };
  context.mock.method(Date, "now", () => world.now);
  replace(context, "fetch", async (path) => {
    world.asked.push(path);
    if (world.fails) throw new Error(world.fails);
    const time = new Date(world.now + world.serverAhead).toISOString();
    const answer = path.startsWith("api/sessions")
      ? {
          sessions: world.sessions,
          total: world.sessions.length,
          fetchedAt: time,
          coverage: { asOf: new Date(world.now + world.serverAhead - world.asOf).toISOString() },
          ...world.body,
        }
      : path === "api/sources"
        ? world.sources
        : { spent: [] };
    return {
      ok: true,
      status: 200,
      headers: new Headers({ date: new Date(world.now + world.serverAhead).toUTCString() }),
      json: async () => answer,
    };
  });
  return world;
}

test("before the first answer it is loading", () => {
  assert.equal(store.connection.value, "loading");
  assert.equal(store.ageMs.value, null);
  assert.deepEqual(store.rows.value, []);
});

test("without any answer it is an error, and the first answer heals it", async (context) => {
  const world = serve(context);
  world.fails = "no route";
  await store.refresh();
  assert.deepEqual([store.connection.value, store.error.value.message], ["error", "no route"]);
  world.fails = null;
  await store.refresh();
  assert.deepEqual([store.connection.value, store.error.value], ["polling", null]);
});

test("a failure keeps what is known", async (context) => {
  const world = serve(context);
  world.sessions = [row({ label: "kept" })];
  await store.refresh();
  world.fails = "refused";
  await store.refresh();
  assert.deepEqual(
    [store.connection.value, store.rows.value[0].label, store.error.value.message],
    ["down", "kept", "refused"],
  );
  world.fails = null;
  await store.refresh();
  assert.equal(store.connection.value, "polling");
});

test("who asks while an answer is awaited waits for the same one", async (context) => {
  const world = serve(context);
  const [first, second] = [store.refresh(), store.refresh()];
  assert.equal(first, second);
  await first;
  assert.equal(world.asked.filter((path) => path.startsWith("api/sessions")).length, 1);
});

test("the next look is one interval away; while the first reading runs it is a second away", async (context) => {
  const world = serve(context);
  world.sources = { ...SOURCES, refreshSeconds: 7 };
  await store.refresh();
  assert.equal(store.nextAt.value - BEGIN, 7000);
  world.sources = { ...SOURCES, progress: { done: 1, total: 9, complete: false } };
  await store.refresh();
  assert.deepEqual([store.nextAt.value - BEGIN, store.isScanning.value], [1000, true]);
  world.fails = "refused";
  await store.refresh();
  assert.equal(store.nextAt.value - BEGIN, 10_000);
});

test("it is stale when the sources were last read three intervals and five seconds ago", async (context) => {
  const world = serve(context);
  for (const [asOf, state] of [
    [0, "polling"],
    [35_000, "polling"],
    [35_001, "stale"],
    [3_600_000, "stale"],
  ]) {
    world.asOf = asOf;
    await store.refresh();
    assert.deepEqual([store.connection.value, store.ageMs.value], [state, asOf], `${asOf} ms`);
  }
});

/** The server tells its time in whole seconds, so ages are right to about a second and a half. */
const NEAR_MS = 1500;

test("ages follow the server's clock, whatever ours says", async (context) => {
  const world = serve(context);
  for (const ahead of [0, 3_600_000, -86_400_000]) {
    world.serverAhead = ahead;
    world.sessions = [row({ updatedAt: BEGIN + ahead - 5000 })];
    await store.refresh();
    const [{ status, updatedAt }] = store.rows.value;
    const age = ageOf({ updatedAt }, store.serverNow.value);
    assert.ok(Math.abs(age - 5000) <= NEAR_MS, `${ahead} ms ahead: ${age} ms old`);
    assert.equal(status, "active");
  }
});

test("an answer from the browser's cache is no clock: its body is old, its Date header is not", async (context) => {
  const world = serve(context);
  world.sessions = [row({ updatedAt: BEGIN - 5000 })];
  const kept = new Date(BEGIN).toISOString();
  world.body = { fetchedAt: kept, coverage: { asOf: kept } };
  await store.refresh();
  for (const later of [60_000, 7_200_000]) {
    world.now = BEGIN + later;
    await store.refresh();
    const age = ageOf(store.rows.value[0], store.serverNow.value);
    assert.ok(Math.abs(age - later - 5000) <= NEAR_MS, `${age} ms old`);
    assert.equal(store.connection.value, "polling", "the server has just said that nothing changed");
  }
});

test("statuses age between two answers, by the server's limits", async (context) => {
  const world = serve(context);
  world.sources = { ...SOURCES, activeMinutes: 1, idleMinutes: 2 };
  world.sessions = [row({ updatedAt: BEGIN })];
  await store.refresh();
  for (const [later, status] of [
    [60_000 - NEAR_MS, "active"],
    [60_000 + NEAR_MS, "idle"],
    [120_000 - NEAR_MS, "idle"],
    [120_000 + NEAR_MS, "stale"],
  ]) {
    store.now.value = BEGIN + later;
    assert.equal(store.rows.value[0].status, status, `${later} ms later`);
  }
});
