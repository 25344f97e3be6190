// What a question before an action says in numbers.
import "./globals.js";
import assert from "node:assert/strict";
import test from "node:test";
import { losses } from "../lib/losses.js";
import { row } from "./rows.js";

test("tokens of every kind and cost are added; an unknown cost is counted, not guessed", () => {
  const some = [row({ inputTokens: 1, outputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 4, cost: 5 })];
  const { tokens, cost, unpriced } = losses([...some, row({ cost: null })], [], []);
  assert.deepEqual([tokens, cost, unpriced], [10, 5, 1]);
});

test("runs below stop with it: children and theirs, that run and are not named themselves", () => {
  const running = { isRunning: true };
  const top = row({ key: "top", ...running });
  const child = row({ key: "child", parentKey: "top", ...running });
  const quiet = row({ key: "quiet", parentKey: "top" });
  const below = row({ key: "below", parentKey: "quiet", ...running });
  const other = row({ key: "other", parentKey: "top", installation: "elsewhere", ...running });
  const all = [top, child, quiet, below, other];
  assert.equal(losses([top], all, []).subagents, 2);
  assert.equal(losses([top, child], all, []).subagents, 1);
});

test("a family that goes in a circle is counted once", () => {
  const a = row({ key: "a", parentKey: "b", isRunning: true });
  const b = row({ key: "b", parentKey: "a", isRunning: true });
  assert.equal(losses([a], [a, b], []).subagents, 1);
});

test("how long it runs is said of one run that the queue knows", () => {
  const one = row({ isRunning: true });
  const queue = [{ ...one, startedAt: 77 }];
  assert.equal(losses([one], [one], queue).startedAt, 77);
  assert.equal(losses([one, row()], [one], queue).startedAt, null);
  assert.equal(losses([{ ...one, isRunning: false }], [one], queue).startedAt, null);
});
