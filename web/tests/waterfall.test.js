// A run as rows and bars over one axis.
import assert from "node:assert/strict";
import test from "node:test";
import { isFailed, place, spanOf, waterfall } from "../charts/waterfall.js";
import { DAY, ticks, tickWord } from "../charts/waterfall-axis.js";

const step = (kind, from, to, given = {}) => ({
  kind,
  name: kind === "model" ? "claude" : kind,
  detail: null,
  startedAt: from,
  endedAt: to,
  error: null,
  exitCode: null,
  tokens: null,
  cost: null,
  childKey: null,
  ...given,
});
const run = (steps, given = {}) => ({
  id: "1",
  startedAt: 0,
  endedAt: 1000,
  state: "done",
  calls: steps.filter(({ kind }) => kind === "model").length,
  steps,
  stepsOmitted: 0,
  ...given,
});
const kinds = (view) => view.rows.map(({ kind, steps }) => `${kind}${steps.length > 1 ? steps.length : ""}`).join(" ");

test("few steps have a row each, in their order", () => {
  const view = waterfall(run([step("model", 0, 100), step("tool", 100, 200), step("model", 200, 900)]), { now: 5000 });
  assert.equal(kinds(view), "model tool model");
  assert.deepEqual(
    view.rows.map(({ first }) => first),
    [1, null, 2],
  );
  assert.deepEqual([view.from, view.to, view.isLive], [0, 1000, false]);
});

test("many are gathered; what failed, took long or spawned keeps a row of its own", () => {
  const steps = [];
  for (let n = 0; n < 20; n += 1) steps.push(step("model", n * 10, n * 10 + 5), step("tool", n * 10 + 5, n * 10 + 9));
  steps.push(step("tool", 200, 210, { exitCode: 101 }), step("model", 210, 220), step("subagent", 220, 800));
  steps.push(step("model", 800, 810));
  const view = waterfall(run(steps), { now: 0 });
  assert.equal(kinds(view), "model20 tool20 tool model subagent model");
  assert.deepEqual([view.rows[0].first, view.rows[0].last, view.rows[3].first], [1, 20, 21]);
  assert.equal(view.rows[0].busyMs, 100);
  assert.equal(view.rows[2].failed, 1);
});

test("however many steps there are, the rows can be overlooked", () => {
  const many = (make) => Array.from({ length: 200 }, (_, n) => make(n));
  for (const steps of [
    many((n) => step(n % 2 ? "wait" : "model", n, n + 1, { error: n % 2 ? null : "429" })),
    many((n) => step("subagent", n, n + 1)),
    many((n) => step(["model", "tool", "wait", "compaction", "subagent"][n % 5], n, null)),
  ]) {
    assert.ok(waterfall(run(steps), { now: 900 }).rows.length <= 14);
    assert.ok(waterfall(run(steps, { state: "running", endedAt: null }), { now: 900 }).rows.length <= 14);
    assert.equal(waterfall(run(steps), { now: 900, isEach: true }).rows.length, 200);
  }
});

test("a run that goes on ends now, and so does its open step", () => {
  const steps = [step("model", 0, 100), step("tool", 100, null)];
  const live = (now, stuckSince) => waterfall(run(steps, { state: "running", endedAt: null }), { now, stuckSince });
  const moving = live(5000, null);
  assert.deepEqual([moving.to, moving.rows[1].busyMs, moving.rows[1].isStuck], [5000, 4900, false]);
  const stuck = live(5000, 2000);
  assert.deepEqual(
    stuck.rows[1].bars.map(({ from, to, look }) => [from, to, look]),
    [
      [100, 2000, "tool"],
      [2000, 5000, "wait"],
    ],
  );
  assert.deepEqual([stuck.rows[1].isStuck, stuck.rows[0].isStuck], [true, false]);
  assert.deepEqual(stuck.run.at(-1), { from: 2000, to: 5000, look: "wait", step: null });
  // Silent since before the step began: all of it is waiting.
  assert.deepEqual(
    live(5000, 50).rows[1].bars.map(({ look }) => look),
    ["wait"],
  );
});

test("of a run that is over, a step without an end is a beginning and no more", () => {
  const view = waterfall(run([step("tool", 100, null)], { state: "aborted" }), { now: 9999, stuckSince: 5 });
  assert.deepEqual([view.rows[0].busyMs, view.rows[0].isOpen, view.stuckSince], [0, false, null]);
});

test("steps that are left out are the earliest: the calls keep their numbers", () => {
  const view = waterfall(run([step("model", 0, 1), step("model", 2, 3)], { calls: 300, stepsOmitted: 400 }), {
    now: 0,
  });
  assert.deepEqual([view.rows[0].first, view.rows[1].first], [299, 300]);
});

test("a wait says what went wrong before it", () => {
  const steps = [step("model", 0, 1, { error: "429" }), step("wait", 1, 5, { name: "retry" }), step("model", 5, 6)];
  assert.equal(waterfall(run(steps), { now: 0 }).rows[1].why, "429");
  assert.equal(waterfall(run([step("wait", 0, 5, { name: "start" })]), { now: 0 }).rows[0].why, null);
  assert.equal(isFailed(step("wait", 0, 1, { error: "429" })), false);
});

test("nothing in a run, times that run backwards, a subagent that outlives it", () => {
  assert.deepEqual(waterfall(run([]), { now: 0 }).rows, []);
  assert.deepEqual(spanOf(run([], { endedAt: 0 }), 0), { from: 0, to: 1, edge: 0 });
  assert.equal(waterfall(run([step("tool", 500, 400)]), { now: 0 }).rows[0].busyMs, 0);
  assert.equal(waterfall(run([step("subagent", 500, 4000)]), { now: 0 }).to, 4000);
});

test("a bar can be seen and stays in its box", () => {
  const span = { from: 0, to: 1000 };
  assert.deepEqual(place({ from: 0, to: 500 }, span, 200), { x: 0, width: 100 });
  assert.deepEqual(place({ from: 100, to: 100 }, span, 200), { x: 20, width: 2 });
  assert.deepEqual(place({ from: 1000, to: 1000 }, span, 200), { x: 198, width: 2 });
  assert.deepEqual(place({ from: -500, to: 2000 }, span, 200), { x: 0, width: 200 });
});

test("the axis has round times of the clock, as many as fit", () => {
  const hour = 3_600_000;
  const at = (from, to, width, ahead = 0) => ticks({ from, to }, width, ahead);
  assert.deepEqual(at(60_000, 41 * 60_000, 160), { step: 900_000, times: [900_000, 1_800_000] });
  // Half an hour ahead of UTC: hours are still whole on the clock there.
  assert.deepEqual(at(0, 4 * hour, 250, hour / 2).times, [hour / 2, 1.5 * hour, 2.5 * hour, 3.5 * hour]);
  for (const length of [1, 900, 61_000, hour, 30 * hour, 900 * DAY, 9000 * DAY]) {
    for (const width of [1, 100, 320, 900]) {
      const { times } = at(1_700_000_000_000, 1_700_000_000_000 + length, width);
      assert.ok(times.length <= Math.max(2, width / 50) + 1, `${length} ${width}: ${times.length}`);
    }
  }
});

test("what stands on the axis", () => {
  const noon = new Date(2026, 10, 27, 12, 5, 9, 500).getTime();
  assert.equal(tickWord(noon, 300_000, "en"), "12:05");
  assert.equal(tickWord(noon, 1000, "en"), "12:05:09");
  assert.equal(tickWord(noon, 500, "en"), "12:05:09.5");
  assert.equal(tickWord(noon, DAY, "en"), "27 Nov");
  assert.equal(tickWord(noon, DAY, "ko"), "11월 27일");
});
