// A snapshot and what is pushed give a snapshot; rows that did not change stay the same objects.
import "./globals.js";
import assert from "node:assert/strict";
import test from "node:test";
import { apply, follow, replace } from "../lib/deltas.js";
import { row } from "./rows.js";

const snapshot = (sessions, given = {}) => ({ sessions, total: sessions.length, stats: { active: 1 }, ...given });
const change = (given) => ({ type: "change", upserts: [], removes: [], removed: [], ...given });
const keys = ({ sessions }) => sessions.map(({ key }) => key);

test("hello is all that is known", () => {
  const fresh = snapshot([row()]);
  assert.equal(apply(null, [{ type: "hello", seq: 1, snapshot: fresh }]), fresh);
});

test("a change before hello says nothing", () => {
  assert.equal(apply(null, [change({ upserts: [row()] })]), null);
});

test("rows are changed, added and removed; the others are the same objects", () => {
  const [a, b, c] = [row({ key: "a" }), row({ key: "b" }), row({ key: "c" })];
  const next = apply(snapshot([a, b, c]), [
    change({
      upserts: [{ ...b, cost: 5 }, row({ key: "d" })],
      removed: [{ installation: "openclaw", key: "c" }],
      removes: ["c"],
    }),
  ]);
  assert.deepEqual(keys(next), ["a", "b", "d"]);
  assert.equal(next.sessions[0], a);
  assert.equal(next.sessions[1].cost, 5);
});

test("a removal is of one installation; without that word it is of the key", () => {
  const twins = [row({ key: "a", installation: "one" }), row({ key: "a", installation: "two" }), row({ key: "b" })];
  const exact = change({ removes: ["a"], removed: [{ key: "a", installation: "one" }] });
  assert.deepEqual(
    apply(snapshot(twins), [exact]).sessions.map(({ installation }) => installation),
    ["two", "openclaw"],
  );
  assert.deepEqual(keys(apply(snapshot(twins), [{ type: "change", removes: ["a"] }])), ["b"]);
});

test("what is removed and comes in the same message stays", () => {
  const next = apply(snapshot([row({ key: "a" })]), [
    change({ removed: [{ installation: "openclaw", key: "a" }], upserts: [row({ key: "a", label: "new" })] }),
  ]);
  assert.deepEqual(
    next.sessions.map(({ label }) => label),
    ["new"],
  );
});

test("sums come whole; a quiet change keeps the very list of rows", () => {
  const before = snapshot([row()]);
  const next = apply(before, [change({ stats: { active: 7 }, taskQueue: [], total: 9, fetchedAt: "later" })]);
  assert.equal(next.sessions, before.sessions);
  assert.deepEqual([next.stats, next.taskQueue, next.total, next.fetchedAt], [{ active: 7 }, [], 9, "later"]);
});

test("a fresh snapshot keeps the rows that only grew older", () => {
  const [a, b] = [row({ key: "a", ageMs: 1, usage: { x: [1] } }), row({ key: "b" })];
  const next = replace(
    snapshot([a, b]),
    snapshot([
      { ...b, cost: 1 },
      { ...a, ageMs: 9, usage: { x: [1] } },
    ]),
  );
  assert.equal(next.sessions[1], a);
  assert.notEqual(next.sessions[0], b);
});

test("the count: hello begins it, a change goes on, unknown kinds are passed over, a hole is seen", () => {
  const steps = [
    [{ type: "change", seq: 4 }, "skip", null],
    [{ type: "hello", seq: 10 }, "use", 10],
    [{ type: "change", seq: 11 }, "use", 11],
    [{ type: "weather", seq: 12 }, "skip", 12],
    [{ type: "weather" }, "skip", 12],
    [{ type: "change", seq: 13 }, "use", 13],
    [{ type: "resync" }, "skip", null],
    [{ type: "change", seq: 20 }, "skip", null],
    [{ type: "hello", seq: 3 }, "use", 3],
    [{ type: "change", seq: 5 }, "gap", null],
  ];
  let seq = null;
  for (const [message, does, after] of steps) {
    const next = follow(seq, message);
    assert.deepEqual([next.does, next.seq], [does, after], JSON.stringify(message));
    seq = next.seq;
  }
});
