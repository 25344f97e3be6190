// One action on many: a few at a time, an outcome for each, and a second try with the same key.
import assert from "node:assert/strict";
import test from "node:test";
import { doAll } from "../lib/many.js";

const targets = (count) => Array.from({ length: count }, (_, place) => ({ id: `s${place}` }));
const soon = () =>
  new Promise((resolve) => {
    setTimeout(resolve, 1);
  });

test("four at a time, each with a key of its own", async () => {
  let [now, most] = [0, 0];
  const keys = [];
  const results = await doAll(
    targets(11),
    {},
    async (_, key) => {
      keys.push(key);
      now += 1;
      most = Math.max(most, now);
      await soon();
      now -= 1;
      return { outcome: "done", detail: "" };
    },
    () => {},
  );
  assert.equal(most, 4);
  assert.equal(new Set(keys).size, 11);
  assert.ok(Object.values(results).every(({ outcome }) => outcome === "done"));
});

test("a second try is of the unknown alone, and keeps its key", async () => {
  const said = { s0: "done", s1: "unknown", s2: "refused" };
  const asked = [];
  const perform = async ({ id }, key) => {
    asked.push([id, key]);
    return { outcome: said[id], detail: id };
  };
  const first = await doAll(targets(3), {}, perform, () => {});
  said.s1 = "done";
  const second = await doAll(targets(3), first, perform, () => {});
  assert.deepEqual(
    asked.map(([id]) => id),
    ["s0", "s1", "s2", "s1"],
  );
  assert.equal(asked[3][1], asked[1][1]);
  assert.deepEqual([second.s0, second.s1.outcome], [first.s0, "done"]);
});

test("every step is told, beginning with all on their way", async () => {
  const told = [];
  await doAll(
    targets(2),
    {},
    async () => ({ outcome: "done", detail: "" }),
    (results) => told.push(Object.values(results).map(({ outcome }) => outcome)),
  );
  assert.deepEqual(told[0], [null, null]);
  assert.deepEqual(told.at(-1), ["done", "done"]);
});
