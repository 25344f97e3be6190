// One row, a range, all that are shown.
import "./globals.js";
import assert from "node:assert/strict";
import test from "node:test";

const { clear, selected, toggle, toggleAll } = await import("../lib/selection.js");
const IDS = ["a", "b", "c", "d", "e"];
const now = () => [...selected.value].sort().join("");

test("one in and out, ranges in both directions, and a range taken out again", () => {
  clear();
  toggle("b", IDS);
  toggle("d", IDS, true);
  assert.equal(now(), "bcd");
  toggle("a", IDS, true);
  assert.equal(now(), "abcd");
  toggle("c", IDS, true);
  assert.equal(now(), "d");
});

test("a range without a beginning is one row", () => {
  clear();
  toggle("c", IDS, true);
  assert.equal(now(), "c");
});

test("all that are shown, on top of what is selected; then none of them", () => {
  clear();
  toggle("x", IDS);
  toggleAll(["a", "b"]);
  assert.equal(now(), "abx");
  toggleAll(["a", "b"]);
  assert.equal(now(), "x");
});
