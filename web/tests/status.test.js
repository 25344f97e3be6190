// What a session is at this second, and how rows are counted.
import assert from "node:assert/strict";
import test from "node:test";
import { ageOf, attention, countBy, judge, nameOf, STATUSES, sum } from "../lib/status.js";
import { row } from "./rows.js";

const LIMITS = { activeMs: 300_000, idleMs: 3_600_000, stuckMs: 600_000 };
const NOW = 10_000_000_000;
const judged = (age, given = {}) => judge(row({ updatedAt: NOW - age, ...given }), NOW, LIMITS);

test("the limits are exact", () => {
  for (const [age, status] of [
    [0, "active"],
    [300_000, "active"],
    [300_001, "idle"],
    [3_599_999, "idle"],
    [3_600_000, "stale"],
    [86_400_000, "stale"],
  ]) {
    assert.equal(judged(age).status, status, `${age} ms`);
    assert.equal(ageOf(row({ updatedAt: NOW - age }), NOW), age);
  }
});

test("a clock ahead gives no negative age", () => {
  assert.equal(ageOf(row({ updatedAt: NOW + 5_000 }), NOW), 0);
  assert.equal(judged(-5_000).status, "active");
});

test("a session without an update has no age and is stale", () => {
  const never = judge(row({ updatedAt: null }), NOW, LIMITS);
  assert.deepEqual([ageOf(never, NOW), never.status, never.isStuck], [null, "stale", false]);
});

test("a run in progress is active whatever its age", () => {
  for (const age of [0, 300_001, 3_600_000, 86_400_000])
    assert.equal(judged(age, { runState: "running" }).status, "active", `${age} ms`);
  assert.equal(judge(row({ updatedAt: null, runState: "running" }), NOW, LIMITS).status, "active");
});

test("a run that is silent for too long is stuck since its last sign", () => {
  for (const [age, isStuck] of [
    [0, false],
    [599_999, false],
    [600_000, true],
    [7_200_000, true],
  ]) {
    const one = judged(age, { runState: "running" });
    assert.equal(one.isStuck, isStuck, `${age} ms`);
    assert.equal(one.stuckSince, isStuck ? NOW - age : null, `${age} ms`);
  }
});

test("what the server says about being stuck holds, but only for a run in progress", () => {
  assert.equal(judged(1000, { runState: "running", stuckSinceMs: 5 }).stuckSince, 5);
  for (const runState of ["idle", "queued", "failed", "aborted"]) {
    const one = judged(7_200_000, { runState, stuckSinceMs: 5 });
    assert.deepEqual([one.isStuck, one.isRunning, one.isFailed], [false, false, runState === "failed"], runState);
  }
});

test("judging keeps the row as it is", () => {
  const given = Object.freeze(row({ label: "kept", cost: 1.5 }));
  const one = judge(given, NOW, LIMITS);
  assert.deepEqual([one.label, one.cost, one.key], ["kept", 1.5, given.key]);
});

test("attention: stuck, failed lately, the rest", () => {
  assert.equal(attention(row({ isStuck: true, isFailed: true })), 0);
  assert.equal(attention(row({ isFailed: true, status: "idle" })), 1);
  assert.equal(attention(row({ isFailed: true, status: "stale" })), 2);
  assert.equal(attention(row()), 2);
});

test("a session is named by its label, else by what its key says", () => {
  for (const [given, name] of [
    [{ label: "invoice run", taskName: "main", key: "agent:main:main" }, "invoice run"],
    [{ label: null, taskName: "main", key: "agent:main:main" }, "main › main"],
    [{ label: "", taskName: "main", key: "agent:ops:telegram:direct:1" }, "ops › telegram › direct › 1"],
    [{ label: null, taskName: "subagent...abc123", key: "agent:main:subagent:abc123" }, "subagent...abc123"],
    [{ label: null, taskName: "main", key: "global" }, "global"],
  ])
    assert.equal(nameOf(row(given)), name);
});

test("counting and adding", () => {
  const rows = [
    row({ status: "active", cost: 1 }),
    row({ status: "active", cost: null }),
    row({ status: "stale", cost: 0.25 }),
  ];
  assert.deepEqual(countBy(rows, "status", STATUSES), { active: 2, idle: 0, stale: 1 });
  assert.deepEqual(countBy([], "status", STATUSES), { active: 0, idle: 0, stale: 0 });
  assert.equal(sum(rows, "cost"), 1.25);
  assert.equal(sum([], "cost"), 0);
});
