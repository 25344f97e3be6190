// Turns of a session as lines and bars.
import assert from "node:assert/strict";
import test from "node:test";
import { across, areaPath, bars, between, known, linePath, nearest, perBar, totals } from "../charts/turns.js";

const turn = (at, given = {}) => ({ at, contextTokens: 100, cost: 1, stop: "stop", error: null, ...given });

test("turns whose context is not known are left out of the line, but keep their place", () => {
  assert.deepEqual(known([turn(1), turn(2, { contextTokens: 0 }), turn(3, { contextTokens: 7 })]), [
    { place: 0, value: 100 },
    { place: 2, value: 7 },
  ]);
});

test("places from the left to the right; one alone in the middle", () => {
  assert.deepEqual([0, 1, 2].map(across(3, 40, 240)), [40, 140, 240]);
  assert.equal(across(1, 40, 240)(0), 140);
  assert.equal(nearest(141, 3, 40, 240), 1);
  assert.equal(nearest(999, 1, 40, 240), 0);
});

test("a compaction stands before the turn that came next", () => {
  const turns = [turn(10), turn(20), turn(30)];
  const at = (...times) =>
    between(
      turns,
      times.map((time) => ({ at: time })),
    ).map(({ place }) => place);
  assert.deepEqual(at(15, 20, 99), [0.5, 1.5, 2.5]);
  assert.deepEqual(at(5), [], "before the first that is listed");
  assert.deepEqual(between([], [{ at: 5 }]), []);
});

test("paths of nothing, of one and of some", () => {
  assert.deepEqual([linePath([]), areaPath([], 10), areaPath([[1, 2]], 10)], ["", "", ""]);
  assert.equal(linePath([[1, 2]]), "M1 2");
  assert.equal(
    areaPath(
      [
        [0, 5],
        [10, 2.04],
      ],
      8,
    ),
    "M0 5L10 2L10 8L0 8Z",
  );
});

test("so many turns share a bar that all bars fit", () => {
  assert.deepEqual([perBar(10, 100), perBar(2000, 130), perBar(1, 0)], [1, 16, 1]);
  const list = bars(
    Array.from({ length: 2000 }, (_, n) => turn(n)),
    16,
  );
  assert.equal(list.length, 125);
  assert.deepEqual([list[0].cost, list.at(-1).to], [16, 1999]);
});

test("a bar tells what failed and what has no price", () => {
  const turns = [
    turn(1),
    turn(2, { cost: null }),
    turn(3, { error: "500", cost: 2 }),
    turn(4, { stop: "error", cost: null }),
  ];
  assert.deepEqual(bars(turns, 4), [{ from: 0, to: 3, cost: 3, unpriced: 2, failed: 2, failedCost: 2 }]);
});

test("the running total ends at what the whole session cost", () => {
  const list = bars([turn(1), turn(2), turn(3)], 1);
  assert.deepEqual(totals(list, 3), { earlier: 0, sums: [1, 2, 3] });
  assert.deepEqual(totals(list, 10), { earlier: 7, sums: [8, 9, 10] }, "with what is not listed");
  assert.deepEqual(totals(list, 3 + 1e-12), { earlier: 0, sums: [1, 2, 3] }, "a float's dust is no difference");
  assert.deepEqual(totals(list, null), { earlier: 0, sums: [1, 2, 3] });
});
