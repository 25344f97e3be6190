// The order of the table: every column, both ways; and that it is an order at all.
import assert from "node:assert/strict";
import test from "node:test";
import { COLUMNS, firstOrder, sort } from "../lib/sort.js";
import { chance, pick, row, shuffle } from "./rows.js";

const names = (rows) => rows.map((one) => one.label).join(" ");

function check(column, order, rows, expected) {
  assert.equal(names(sort(rows, column, order)), expected, `by ${column} ${order}`);
}

test("every column orders by its own value", () => {
  const make = (label, given) => row({ label, updatedAt: 1, ...given });
  const cases = {
    status: [make("a", { status: "active" }), make("i", { status: "idle" }), make("s", { status: "stale" })],
    name: [make("Apple"), make("banana"), make("Cherry"), make("사과")],
    type: [
      make("m", { sessionType: "main" }),
      make("s", { sessionType: "subagent" }),
      make("c", { sessionType: "cron" }),
    ],
    agent: [make("x", { agentId: "forge" }), make("y", { agentId: "ops" }), make("z", { agentId: "support" })],
    model: [make("x", { model: "claude" }), make("y", { model: "gemini" }), make("z", { model: "gpt" })],
    in: [make("x", { inputTokens: 0 }), make("y", { inputTokens: 9 }), make("z", { inputTokens: 10 })],
    out: [make("x", { outputTokens: 9 }), make("y", { outputTokens: 10 }), make("z", { outputTokens: 100 })],
    cache: [
      make("x", { cacheReadTokens: 5, cacheWriteTokens: 5 }),
      make("y", { cacheReadTokens: 0, cacheWriteTokens: 11 }),
      make("z", { cacheReadTokens: 12 }),
    ],
    context: [make("x", { contextPercent: 0 }), make("y", { contextPercent: 9.5 }), make("z", { contextPercent: 80 })],
    cost: [make("x", { cost: 0 }), make("y", { cost: 0.5 }), make("z", { cost: 10 })],
    updated: [make("x", { updatedAt: 1 }), make("y", { updatedAt: 2 }), make("z", { updatedAt: 30 })],
  };
  assert.deepEqual(Object.keys(cases).sort(), [...COLUMNS].sort(), "every column is checked here");
  for (const [column, rows] of Object.entries(cases)) {
    check(column, "asc", [...rows].reverse(), names(rows));
    check(column, "desc", rows, names([...rows].reverse()));
  }
});

test("what is not known stands last, whichever way the order goes", () => {
  for (const [column, field] of [
    ["cost", "cost"],
    ["context", "contextPercent"],
    ["model", "model"],
    ["updated", "updatedAt"],
  ]) {
    const [low, high] = field === "model" ? ["a", "b"] : [1, 2];
    const rows = [
      row({ label: "none", [field]: null }),
      row({ label: "low", [field]: low }),
      row({ label: "high", [field]: high }),
    ];
    check(column, "asc", rows, "low high none");
    check(column, "desc", rows, "high low none");
  }
});

test("equal values stand newest first, whichever way the order goes", () => {
  const rows = [
    row({ label: "old", cost: 1, updatedAt: 1 }),
    row({ label: "new", cost: 1, updatedAt: 3 }),
    row({ label: "mid", cost: 1, updatedAt: 2 }),
  ];
  check("cost", "asc", rows, "new mid old");
  check("cost", "desc", rows, "new mid old");
});

test("without a column: stuck, then failed lately, then the newest", () => {
  const rows = [
    row({ label: "newest", updatedAt: 9 }),
    row({ label: "failed", updatedAt: 5, isFailed: true, status: "idle" }),
    row({ label: "long-failed", updatedAt: 1, isFailed: true, status: "stale" }),
    row({ label: "stuck", updatedAt: 2, isStuck: true }),
    row({ label: "never", updatedAt: null }),
  ];
  for (const column of [null, undefined, "nonsense"])
    check(column, "desc", rows, "stuck failed newest long-failed never");
});

test("figures begin with the largest, words with the first", () => {
  for (const column of ["in", "out", "cache", "context", "cost", "updated"])
    assert.equal(firstOrder(column), "desc", column);
  for (const column of ["status", "name", "type", "agent", "model"]) assert.equal(firstOrder(column), "asc", column);
});

/** Rows with many equal and unknown values. Two installations may hold the same key. */
function someRows(random, count) {
  return Array.from({ length: count }, (_, place) =>
    row({
      key: `agent:main:${pick(random, ["main", "a", "b", place])}`,
      installation: `home-${place}`,
      label: pick(random, [null, "same", "Same", `name ${place}`]),
      status: pick(random, ["active", "idle", "stale"]),
      sessionType: pick(random, ["main", "subagent", "cron"]),
      agentId: pick(random, ["a", "b"]),
      model: pick(random, [null, "m", "n"]),
      inputTokens: pick(random, [0, 1, 1000]),
      outputTokens: pick(random, [0, 7]),
      cacheReadTokens: pick(random, [0, 3]),
      contextPercent: pick(random, [null, 0, 50, 99.9]),
      cost: pick(random, [null, 0, 0.5, 2]),
      updatedAt: pick(random, [null, 1, 2]),
      isStuck: random() < 0.2,
      isFailed: random() < 0.2,
    }),
  );
}

test("it is a total order: the same rows in any order come out the same", () => {
  const random = chance(7);
  for (let round = 0; round < 60; round += 1) {
    const rows = someRows(random, 14);
    for (const column of [null, ...COLUMNS]) {
      for (const order of ["asc", "desc"]) {
        const once = sort(rows, column, order).map((one) => one.installation);
        const again = sort(shuffle(random, rows), column, order).map((one) => one.installation);
        assert.deepEqual(again, once, `by ${column} ${order}`);
      }
    }
  }
});

test("sorting keeps every row, changes no list, and sorting again changes nothing", () => {
  const random = chance(11);
  const rows = Object.freeze(someRows(random, 40));
  for (const column of [null, ...COLUMNS]) {
    const sorted = sort(rows, column, "desc");
    assert.equal(new Set(sorted).size, rows.length);
    assert.deepEqual(sort(sorted, column, "desc"), sorted, `by ${column}`);
  }
});
