// Figures → shapes.
import assert from "node:assert/strict";
import test from "node:test";
import { change, lastY, path, points } from "../charts/series.js";

test("a path goes through every value; the lowest lies at the bottom", () => {
  for (const [values, expected] of [
    [[], ""],
    [[5], "M0.0 26.0"],
    [[0, 10], "M0.0 26.0L96.0 0.0"],
    [[10, 0], "M0.0 0.0L96.0 26.0"],
    [[0, 5, 10], "M0.0 26.0L48.0 13.0L96.0 0.0"],
    [[100, 110], "M0.0 26.0L96.0 0.0"],
    [[3, 3, 3], "M0.0 26.0L48.0 26.0L96.0 26.0"],
    [[0, 0], "M0.0 26.0L96.0 26.0"],
    [[-1, 1], "M0.0 26.0L96.0 0.0"],
  ])
    assert.equal(path(values, 96, 26), expected, JSON.stringify(values));
});

test("the dot stands where the path ends", () => {
  for (const values of [[5], [0, 10], [10, 0], [0, 5, 10], [3, 3, 3], [1, 9, 4], [0.001, 0.002, 0.0015]]) {
    assert.equal(lastY(values, 26).toFixed(1), path(values, 96, 26).split(/[ML ]/).at(-1), JSON.stringify(values));
  }
});

test("the path stays in its box", () => {
  const wave = Array.from({ length: 48 }, (_, place) => Math.sin(place) * 1e9);
  const numbers = path(wave, 96, 26)
    .match(/[\d.]+ [\d.]+/g)
    .map((pair) => pair.split(" ").map(Number));
  assert.equal(numbers.length, 48);
  assert.ok(numbers.every(([x, y]) => x >= 0 && x <= 96 && y >= 0 && y <= 26));
  assert.deepEqual([numbers[0][0], numbers.at(-1)[0]], [0, 96]);
});

test("change in whole per cents; against nothing there is none", () => {
  for (const [now, before, expected] of [
    [150, 100, 50],
    [50, 100, -50],
    [100, 100, 0],
    [0, 100, -100],
    [1, 3, -67],
    [300, 100, 200],
    [5, 0, null],
    [0, 0, null],
    [100.4, 100, 0],
  ]) {
    assert.equal(change(now, before), expected, `${now} against ${before}`);
  }
});

test("points stand at the beginning of their step, in seconds", () => {
  assert.deepEqual(points(1_000_000, 1_800_000, [1, 2, 3]), [
    [1000, 2800, 4600],
    [1, 2, 3],
  ]);
  assert.deepEqual(points(0, 1000, []), [[], []]);
});
