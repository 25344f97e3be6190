// Families: who stands below whom, in which order, and what all of them took.
import "./globals.js";
import assert from "node:assert/strict";
import test from "node:test";
import { chance, row, shuffle } from "./rows.js";

const { firsts, folded, grouped, members, summary, wordOf } = await import("../lib/family.js");
const { filter } = await import("../lib/filter.js");
const { sort } = await import("../lib/sort.js");
const { idOf } = await import("../lib/status.js");

const one = (key, parentKey = null, given = {}) => row({ key, parentKey, taskName: key, ...given });
/** `a b.1 c.2`: keys in their order, with their depth. */
const shown = (entries) => entries.map(({ row: { key }, depth }) => (depth > 0 ? `${key}.${depth}` : key)).join(" ");
const TREE = [one("a"), one("b", "a"), one("c", "b"), one("d", "a"), one("e")];

test("below a row stands what it started, at any depth", () => {
  assert.equal(shown(grouped(TREE, TREE)), "a b.1 c.2 d.1 e");
});

test("a family stands where its best row would; so does each branch in it", () => {
  const by = (keys) => keys.split("").map((key) => TREE.find((each) => each.key === key));
  assert.equal(shown(grouped(by("ecdba"), TREE)), "e a b.1 c.2 d.1");
  assert.equal(shown(grouped(by("ceabd"), TREE)), "a b.1 c.2 d.1 e");
  assert.equal(shown(grouped(by("deabc"), TREE)), "a d.1 b.1 c.2 e");
});

test("by cost the family with the most expensive row comes first", () => {
  const rows = [one("cheap", null, { cost: 1 }), one("child", "cheap", { cost: 9 }), one("dear", null, { cost: 5 })];
  assert.equal(shown(grouped(sort(rows, "cost", "desc"), rows)), "cheap child.1 dear");
  assert.equal(shown(grouped(sort(rows, "cost", "asc"), rows)), "cheap child.1 dear");
});

test("what the filter left out is passed over", () => {
  const some = TREE.filter(({ key }) => !["b", "e"].includes(key));
  assert.equal(shown(grouped(some, TREE)), "a c.1 d.1");
  assert.equal(shown(grouped(TREE.slice(1, 4), TREE)), "b c.1 d");
});

test("a parent that nobody knows, or one of another installation, is none", () => {
  const rows = [one("a", "nowhere"), one("b"), one("c", "b", { installation: "other" })];
  assert.equal(shown(grouped(rows, rows)), "a b c");
});

test("circles end: everybody is shown once", () => {
  const self = [one("a", "a")];
  assert.equal(shown(grouped(self, self)), "a");
  const circle = [one("a", "c"), one("b", "a"), one("c", "b"), one("d", "c")];
  for (let seed = 0; seed < 20; seed += 1) {
    const order = shuffle(chance(seed), circle);
    const list = grouped(order, circle);
    assert.deepEqual(list.map((each) => each.row.key).sort(), ["a", "b", "c", "d"], shown(list));
    assert.equal(list.filter(({ depth }) => depth === 0).length, 1);
    assert.deepEqual([...members(circle, ({ key }) => key === "b")].length, 4);
  }
});

test("any order of any forest: nobody is lost, children stand below their parents", () => {
  for (let seed = 1; seed < 60; seed += 1) {
    const random = chance(seed);
    const rows = Array.from({ length: 30 }, (_, n) =>
      one(`k${n}`, random() < 0.7 ? `k${Math.floor(random() * 30)}` : null),
    );
    const list = grouped(shuffle(random, rows), rows);
    assert.equal(new Set(list.map((each) => each.row.key)).size, 30);
    list.forEach(({ row: { key, parentKey }, depth }, place) => {
      if (depth === 0) return;
      const above = list.slice(0, place).findLast((each) => each.depth === depth - 1);
      assert.equal(above.row.key, parentKey, key);
    });
  }
});

test("a chain of thousands, and thousands of families", () => {
  const chain = Array.from({ length: 20_000 }, (_, n) => one(`k${n}`, n > 0 ? `k${n - 1}` : null));
  const list = grouped(chain, chain);
  assert.deepEqual([list.at(-1).depth, list[0].size], [19_999, 19_999]);
  const flat = Array.from({ length: 20_000 }, (_, n) => one(`f${n}`));
  assert.equal(grouped(flat, flat).length, 20_000);
  assert.equal(members(chain, ({ key }) => key === "k19999").size, 20_000);
});

test("folded, a row stands for all below it", () => {
  const id = idOf(TREE[0]);
  const list = grouped(TREE, TREE, (each) => each === id);
  assert.equal(shown(list), "a e");
  assert.deepEqual([list[0].isFolded, list[0].size, list[0].below.map(({ key }) => key).join()], [true, 3, "b,c,d"]);
  assert.equal(shown(grouped(TREE, TREE, (each) => each === idOf(TREE[4]))), "a b.1 c.2 d.1 e", "nothing to fold");
});

test("the figures of a folded row are those of all; a price that is unknown makes the sum no zero", () => {
  const root = row({ inputTokens: 1, cost: 0.5, costLevel: "low" });
  const sum = folded(root, [
    row({ inputTokens: 10, cost: 2, costLevel: "high" }),
    row({ cost: null, costLevel: null }),
  ]);
  assert.deepEqual([sum.inputTokens, sum.cost, sum.costLevel, sum.key], [11, 2.5, "high", root.key]);
  const unknown = folded(row({ cost: null, costLevel: null }), [row({ cost: null, costLevel: null })]);
  assert.deepEqual([unknown.cost, unknown.costLevel], [null, null]);
});

test("the filter takes a whole family by any key in it", () => {
  const keys = (text) =>
    filter(TREE, { text })
      .map(({ key }) => key)
      .join("");
  assert.equal(keys("family:c"), "abcd");
  assert.equal(keys("family:A"), "abcd", "case does not matter");
  assert.equal(keys("family:c b"), "b");
  assert.equal(keys("family:nobody"), "");
  assert.equal(wordOf("agent:main:two words"), "agent:main:two%20words");
});

test("who is first", () => {
  const firstOf = firsts(TREE);
  assert.deepEqual(
    TREE.map((each) => firstOf(idOf(each))),
    [0, 0, 0, 0, 4].map((place) => idOf(TREE[place])),
  );
});

const relative = (depth, sessionType = "subagent") => ({ depth, sessionType });
const FAMILY = [relative(0, "main"), relative(1), relative(2), relative(1)];

test("a family in figures", () => {
  const { types, levels } = summary(FAMILY);
  assert.deepEqual([types.get("main"), types.get("subagent"), levels], [1, 3, 3]);
});
