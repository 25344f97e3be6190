import "./globals.js";
import assert from "node:assert/strict";
import { test } from "node:test";
const { merge } = await import("../components/session/timeline-runs.js");

const run = (id, startedAt, partial = false) => ({ id, startedAt, partial });
const detail = (...runs) => ({ installation: "here", key: "agent:main:main", runs, runsBefore: "x" });

test("a run whose beginning lies too far back stays one", () => {
  const none = { id: null, runs: new Map(), compactions: [], before: null, hasEarlier: false };
  const first = merge(none, detail(run("a", 10, true), run("b", 20)));
  const second = merge(first, detail(run("c", 12, true), run("b", 20), run("d", 30)));
  assert.deepEqual([...second.runs.keys()].sort(), ["b", "c", "d"]);
  const third = merge(second, detail(run("b", 20), run("d", 30)));
  assert.deepEqual([...third.runs.keys()].sort(), ["b", "d"]);
});
