// One action on many: a few at a time, an outcome for each, and a second try of what is not certain.
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

test("a second try is of what may be asked for again, with the same key or a new one", async () => {
  const said = [["done"], ["unknown", "same"], ["refused"], ["unknown", "new"], ["unknown"]];
  const asked = [];
  const perform = async ({ id }, key) => {
    asked.push([id, key]);
    const [outcome, again = null] = said[id.slice(1)];
    return { outcome, detail: id, again };
  };
  const first = await doAll(targets(5), {}, perform, () => {});
  said[1] = ["done"];
  const second = await doAll(targets(5), first, perform, () => {});
  assert.deepEqual(
    asked.map(([id]) => id),
    ["s0", "s1", "s2", "s3", "s4", "s1", "s3"],
  );
  assert.equal(asked[5][1], asked[1][1]);
  assert.notEqual(asked[6][1], asked[3][1]);
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
