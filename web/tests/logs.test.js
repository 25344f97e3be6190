// A log that is followed: lines keep their number, a gap is marked where it is, old lines go.
import "./globals.js";
import assert from "node:assert/strict";
import test from "node:test";

const { append, MOST_LINES } = await import("../components/session/logs-follow.js");

const answer = (count, given = {}) => ({
  lines: Array.from({ length: count }, (_, place) => ({ message: String(place) })),
  after: "a",
  problem: null,
  source: "file",
  file: "openclaw.log",
  masked: 0,
  ...given,
});

test("what comes is numbered on; only where lines are left out there is a gap", () => {
  const first = append(null, answer(2));
  const next = append(append(first, answer(0, { gap: false })), answer(2, { gap: true, masked: 3 }));
  assert.deepEqual(
    next.lines.map(({ id, isGap }) => [id, isGap]),
    [
      [0, false],
      [1, false],
      [2, true],
      [3, false],
    ],
  );
  assert.equal(next.masked, 3);
});

test("the newest lines stay", () => {
  const all = append(append(null, answer(MOST_LINES)), answer(5));
  assert.deepEqual([all.lines.length, all.lines[0].id, all.dropped], [MOST_LINES, 5, 5]);
});
