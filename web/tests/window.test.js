// Which rows of a long list are drawn: always all that can be seen, never many more.
import assert from "node:assert/strict";
import test from "node:test";
import { range } from "../lib/window.js";
import { chance, pick } from "./rows.js";

/** More rows than this in the document would make scrolling slow. */
const MANY = 160;

function holds({ count, rowHeight, top, viewTop, viewHeight }) {
  const given = JSON.stringify({ count, rowHeight, top, viewTop, viewHeight });
  const { from, to, before, after } = range({ count, rowHeight, top, viewTop, viewHeight });
  assert.ok(
    Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= count,
    `${from} to ${to} is a range: ${given}`,
  );
  assert.ok(to - from <= MANY, `${to - from} rows are drawn: ${given}`);
  assert.equal(
    before + (to - from) * rowHeight + after,
    count * rowHeight,
    `the height is that of the whole list: ${given}`,
  );
  // Row r is seen where [top + r·h, top + (r + 1)·h) meets [viewTop, viewTop + viewHeight).
  const firstSeen = Math.max(0, Math.floor((viewTop - top) / rowHeight));
  const lastSeen = Math.min(count - 1, Math.ceil((viewTop + viewHeight - top) / rowHeight) - 1);
  if (firstSeen > lastSeen) return;
  assert.ok(
    from <= firstSeen && to > lastSeen,
    `rows ${firstSeen} to ${lastSeen} are seen, ${from} to ${to} drawn: ${given}`,
  );
}

test("a short list is drawn whole", () => {
  assert.deepEqual(range({ count: 40, rowHeight: 36, top: 600, viewTop: 0, viewHeight: 900 }), {
    from: 0,
    to: 40,
    before: 0,
    after: 0,
  });
  assert.deepEqual(range({ count: 0, rowHeight: 36, top: 600, viewTop: 0, viewHeight: 900 }), {
    from: 0,
    to: 0,
    before: 0,
    after: 0,
  });
  assert.deepEqual(range({ count: 1, rowHeight: 36, top: 600, viewTop: 5000, viewHeight: 900 }), {
    from: 0,
    to: 1,
    before: 0,
    after: 0,
  });
});

test("a long list is drawn around what is seen", () => {
  // 3,600 px below the top of the list: row 100 is the first seen, 25 fit, 12 more on each side.
  assert.deepEqual(range({ count: 5000, rowHeight: 36, top: 600, viewTop: 4200, viewHeight: 900 }), {
    from: 88,
    to: 137,
    before: 3168,
    after: 175_068,
  });
});

test("at the end the last row is drawn", () => {
  const { from, to, after } = range({
    count: 5000,
    rowHeight: 36,
    top: 600,
    viewTop: 600 + 5000 * 36 - 900,
    viewHeight: 900,
  });
  assert.equal(to, 5000);
  assert.equal(after, 0);
  assert.ok(from <= 4975);
});

test("whatever the sizes are, everything that is seen is drawn", () => {
  const random = chance(3);
  for (let round = 0; round < 4000; round += 1) {
    const [count, rowHeight] = [pick(random, [0, 1, 5, 79, 80, 81, 500, 5000, 100_000]), pick(random, [36, 50, 132])];
    const top = Math.floor(random() * 3000);
    const viewTop = Math.floor(random() * (top + count * rowHeight + 2000));
    // From a phone to a tall screen, also one whose page is made small.
    holds({ count, rowHeight, top, viewTop, viewHeight: pick(random, [1, 320, 844, 900, 1180, 1440, 2160, 2880]) });
  }
});

test("a view that has not come to the list yet, or has left it, is no trouble", () => {
  for (const viewTop of [0, 100, 599, 600, 601, 10_000, 1e7])
    holds({ count: 100, rowHeight: 36, top: 600, viewTop, viewHeight: 900 });
  holds({ count: 100, rowHeight: 36, top: 2000, viewTop: -50, viewHeight: 900 });
});
