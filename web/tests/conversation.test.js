// A conversation in memory: pages put together, results with their calls, places and words.
import "./globals.js";
import assert from "node:assert/strict";
import test from "node:test";

const { begun, withOlder, withNewer, createPairing, countAfter, daysOf, outcomeOf } =
  await import("../lib/conversation.js");
const { took, size } = await import("../lib/conversation-words.js");

const said = (id, more = {}) => ({ id, kind: "user", at: null, parts: [], ...more });
const calls = (id, ...callIds) =>
  said(id, { kind: "assistant", parts: callIds.map((callId) => ({ type: "toolCall", callId, name: "exec" })) });
const result = (id, callId, more = {}) => said(id, { kind: "tool", callId, ...more });
const page = (messages, more = {}) => ({ messages, before: null, after: "z", masked: 0, searched: null, ...more });
const ids = ({ messages }) => messages.map(({ id }) => id).join("");

test("an older page stands before what is known, and nothing twice", () => {
  const state = begun(page([said("c"), said("d")], { before: "c", masked: 1 }));
  const next = withOlder(state, page([said("a"), said("b"), said("c")], { masked: 2 }));
  assert.deepEqual([ids(next), next.before, next.after, next.masked], ["abcd", null, "z", 3]);
});

test("what comes later stands behind it; nothing new leaves the state as it is", () => {
  const state = begun(page([said("a")], { after: "1" }));
  const next = withNewer(state, page([said("a"), said("b")], { after: "2", before: "x" }));
  assert.deepEqual([ids(next), next.after, next.before], ["ab", "2", null]);
  assert.equal(withNewer(next, page([], { after: "2" })), next);
  const moved = withNewer(next, page([], { after: "3" }));
  assert.deepEqual([moved.after, moved.messages], ["3", next.messages], "the same messages, looked through further");
});

test("after a reset the newest page is all there is", () => {
  const state = begun(page([said("a"), said("b")]));
  const next = withNewer(state, page([said("x")], { reset: true, before: "w", after: "9" }));
  assert.deepEqual([ids(next), next.before, next.after], ["x", "w", "9"]);
  assert.equal(withNewer(state, page([], { reset: true })), state, "nothing has come in its place yet");
});

test("a result belongs to the call before it with its id; without one it stands alone", () => {
  const items = createPairing()([
    result("0", "gone"),
    calls("1", "a", "b"),
    result("2", "b"),
    result("3", "a"),
    result("4", "a"),
    said("5"),
  ]);
  assert.deepEqual(
    items.map(({ id, results }) => [id, results.map((one) => one?.id)]),
    [
      ["0", []],
      ["1", ["3", "2"]],
      ["4", []],
      ["5", []],
    ],
  );
});

test("an id that is used again belongs to the later call", () => {
  const items = createPairing()([calls("1", "a"), result("2", "a"), calls("3", "a"), result("4", "a")]);
  assert.deepEqual(
    items.map(({ results }) => results[0].id),
    ["2", "4"],
  );
});

test("an item that has not changed stays the same object; one that got its result is another", () => {
  const pair = createPairing();
  const messages = [said("1"), calls("2", "a")];
  const before = pair(messages);
  const after = pair([...messages, result("3", "a"), said("4")]);
  assert.equal(after[0], before[0]);
  assert.notEqual(after[1], before[1]);
  assert.equal(pair([...messages, result("3", "b")])[0], before[0]);
  assert.deepEqual(after.length, 3);
});

test("how many came after the last one that was known", () => {
  const items = ["a", "b", "c"].map((id) => ({ id }));
  assert.equal(countAfter(items, "a"), 2);
  assert.equal(countAfter(items, "c"), 0);
  assert.equal(countAfter(items, "nowhere"), 3);
});

test("a day is named where it begins", () => {
  const at = (...parts) => ({ message: { at: new Date(...parts).getTime() } });
  const list = [at(2026, 10, 26, 23), at(2026, 10, 26, 23, 59), { message: { at: null } }, at(2026, 10, 27, 0, 1)];
  assert.deepEqual(
    daysOf(list).map((one) => one !== null),
    [true, false, false, true],
  );
});

test("what became of a call", () => {
  assert.equal(outcomeOf(undefined, ""), "none");
  assert.equal(outcomeOf(undefined, "stuck"), "stuck");
  assert.equal(outcomeOf({ isError: false, exitCode: 0 }, "waiting"), "done");
  assert.equal(outcomeOf({ isError: false, exitCode: 101 }), "failed");
  assert.equal(outcomeOf({ isError: true, exitCode: null }), "failed");
  assert.equal(outcomeOf({ isError: false, exitCode: null, status: "running" }), "running");
});

test("durations and sizes in words", () => {
  const words = [20, 120, 9_960, 48_000, 59_700, 2_472_000, 7_500_000, 7_200_000].map((ms) => took(ms, "en"));
  assert.deepEqual(words, ["20 ms", "0.1s", "10s", "48s", "1m", "41m 12s", "2h 5m", "2h"]);
  assert.equal(took(2_472_000, "ko"), "41분 12초");
  assert.deepEqual([0, 512, 1200, 12_000, 10_400_000].map(size), ["0 B", "512 B", "1.2 kB", "12 kB", "10 MB"]);
});
