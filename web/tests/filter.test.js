// The filter box and the chips: what each word means and which rows are left.
import assert from "node:assert/strict";
import test from "node:test";
import { filter, parse } from "../lib/filter.js";
import { row } from "./rows.js";

const ROWS = [
  row({
    key: "agent:ops:main",
    label: "invoice run",
    sessionType: "main",
    kind: "main",
    agentId: "ops",
    model: "claude-opus-4-5",
    status: "active",
    cost: 1,
    totalTokens: 1000,
    contextPercent: 75,
    runState: "running",
    isRunning: true,
  }),
  row({
    key: "agent:ops:cron:1",
    label: null,
    sessionType: "cron",
    kind: "cron",
    agentId: "ops",
    model: "gpt-5-mini",
    status: "idle",
    cost: 0.1,
    totalTokens: 999,
    contextPercent: 75.1,
    runState: "failed",
    isFailed: true,
  }),
  row({
    key: "agent:research:subagent:abc123",
    label: "송장 처리",
    agentId: "research",
    model: "claude-haiku-4-5",
    status: "stale",
    cost: null,
    totalTokens: 0,
    contextPercent: null,
    childCount: 2,
  }),
  row({
    key: "agent:research:telegram:direct:1",
    label: "Invoice question",
    sessionType: "main",
    kind: "direct",
    channel: "telegram",
    agentId: "research",
    model: null,
    installation: "laptop",
    status: "active",
    cost: 0,
    totalTokens: 5,
    contextPercent: 95,
    isStuck: true,
    isRunning: true,
  }),
];

function check(text, expected, chips = {}) {
  assert.deepEqual(
    filter(ROWS, { text, ...chips }).map((one) => ROWS.indexOf(one)),
    expected,
    `rows left by "${text}" ${JSON.stringify(chips)}`,
  );
}

test("nothing typed leaves everything", () => {
  check("", [0, 1, 2, 3]);
  check("   ", [0, 1, 2, 3]);
  assert.deepEqual(filter(ROWS, {}), ROWS);
});

test("words are parts of key, label, model or agent, in any case, and all must be there", () => {
  check("invoice", [0, 3]);
  check("INVOICE", [0, 3]);
  check("invoice question", [3]);
  check("question   invoice", [3]);
  check("송장", [2]);
  check("abc123", [2]);
  check("haiku", [2]);
  check("opus", [0]);
  check("research", [2, 3]);
  check("nothing-like-it", []);
  check("invoice nothing-like-it", []);
});

test("fields name what is meant", () => {
  check("agent:ops", [0, 1]);
  check("AGENT:Ops", [0, 1]);
  check("agent:ops model:opus", [0]);
  check("type:cron", [1]);
  check("status:active", [0, 3]);
  check("kind:direct", [3]);
  check("channel:telegram", [3]);
  check("installation:laptop", [3]);
  check("model:gpt", [1]);
  check("agent:nobody", []);
});

test("comparisons leave out what is not known", () => {
  check("cost>0.1", [0]);
  check("cost>0.099", [0, 1]);
  check("cost>$0.099", [0, 1]);
  check("cost<0.1", [3]);
  check("cost>1", []);
  check("Cost>0", [0, 1]);
  check("tokens>999", [0]);
  check("tokens<1000", [1, 2, 3]);
  check("context>75", [1, 3]);
  check("context>75%", [1, 3]);
  check("context<75.1", [0]);
});

test("has: finds states", () => {
  check("has:error", [1]);
  check("has:stuck", [3]);
  check("has:running", [0, 3]);
  check("has:children", [2]);
  check("has:unpriced", [2]);
  check("HAS:ERROR", [1]);
  check("has:nonsense", []);
});

test("the key of a session finds it, although it begins like a field", () => {
  check("agent:research:subagent:abc123", [2]);
  check("agent:ops:cron:1", [1]);
});

test("chips of one group are alternatives; groups and words all hold", () => {
  check("", [0, 3], { statuses: ["active"] });
  check("", [0, 1, 3], { statuses: ["active", "idle"] });
  check("", [0, 2, 3], { types: ["main", "subagent"] });
  check("", [0, 3], { statuses: ["active", "stale"], types: ["main"] });
  check("question", [3], { statuses: ["active"], types: ["main"] });
  check("", [], { statuses: ["idle"], types: ["main"] });
});

test("what is no field and no comparison is a word", () => {
  assert.deepEqual(
    parse("foo:bar cost> >5 cost=3 has: a:b:c"),
    ["foo:bar", "cost>", ">5", "cost=3", "has:", "a:b:c"].map((word) => ({ word })),
  );
  assert.deepEqual(parse("cost>$1.50"), [{ field: "cost", sign: ">", value: 1.5 }]);
  assert.deepEqual(parse("Context<90%"), [{ field: "context", sign: "<", value: 90 }]);
  assert.deepEqual(parse("  Agent:OPS\tHas:Error "), [
    { field: "agent", value: "ops" },
    { field: "has", value: "error" },
  ]);
});

test("characters that mean something to a pattern are just characters", () => {
  for (const text of [".*", "[", "(", "\\", "$1", "^invoice", "a|b"]) check(text, []);
});
