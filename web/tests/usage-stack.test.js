// Answers → stacked bars, running totals, colours, the matrix and the calendar.
import assert from "node:assert/strict";
import test from "node:test";
import { answer, figures, midnights } from "./answers.js";
import { weeks, monthStarts } from "../charts/calendar.js";
import { matrix, OTHERS_NAME } from "../charts/matrix.js";
import { colors, fold, OTHERS, stack, UNKNOWN } from "../charts/stack.js";

const STARTS = midnights("2026-11-20", 3);
const LATE = Date.parse("2026-11-22T12:00:00+09:00");
const near = (a, b, what) => assert.ok(Math.abs(a - b) < 1e-9, `${what}: ${a} ${b}`);

/** Calls by chance, the same every time. */
function someCalls(count, models, agents) {
  let state = 1;
  const chance = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  return Array.from({ length: count }, () => ({
    at: Math.floor(chance() * 3),
    model: models[Math.floor(chance() * models.length)],
    agent: agents[Math.floor(chance() * agents.length)],
    cost: Math.round(chance() * 1e6) / 1e6,
    inputTokens: Math.floor(chance() * 1000),
    cacheReadTokens: Math.floor(chance() * 9000),
  }));
}

test("every bar is the sum of its parts, and the line the sum of the bars", () => {
  const models = Array.from({ length: 30 }, (_, place) => `m${place}`);
  const calls = someCalls(2000, models, ["a", "b"]);
  const given = answer({ calls, by: ["model"], starts: STARTS });
  for (const [measure, of] of [
    ["cost", (call) => call.cost],
    ["tokens", (call) => call.inputTokens + call.cacheReadTokens],
    ["calls", () => 1],
  ]) {
    const { series, totals, sums, total } = stack(given, measure, "model", LATE);
    assert.equal(series.length, 9, "eight names and the others");
    assert.deepEqual([series.at(-1).id, series.at(-1).count], [OTHERS, 22]);
    let until = 0;
    for (const place of [0, 1, 2]) {
      const wanted = calls.filter(({ at }) => at === place).reduce((sum, call) => sum + of(call), 0);
      until += wanted;
      near(totals[place], wanted, `${measure} of ${place}`);
      near(
        series.reduce((sum, one) => sum + one.values[place], 0),
        wanted,
        `${measure} parts of ${place}`,
      );
      near(sums[place], until, `${measure} until ${place}`);
    }
    near(total, until, measure);
    for (const one of series.slice(0, -1)) {
      const wanted = calls.filter(({ model }) => model === one.name).reduce((sum, call) => sum + of(call), 0);
      near(one.total, wanted, `${measure} of ${one.name}`);
      assert.ok(one.total >= series.at(-1).total / 22, "those that are named are the large ones");
    }
    const sizes = series.slice(0, -1).map((one) => one.total);
    assert.deepEqual(
      sizes,
      [...sizes].sort((a, b) => b - a),
      "largest first",
    );
  }
});

test("without a price there is no bar, and the name stands apart; in tokens it is like the others", () => {
  const calls = [
    { at: 0, model: "priced", cost: 2, inputTokens: 5 },
    { at: 0, model: "free", cost: 0, inputTokens: 6 },
    { at: 1, model: "secret", cost: null, inputTokens: 7 },
    { at: 1, model: "", cost: 1, inputTokens: 8 },
  ];
  const given = answer({ calls, by: ["model"], starts: STARTS });
  const cost = stack(given, "cost", "model", LATE);
  assert.deepEqual(
    cost.series.map(({ id, total }) => [id, total]),
    [
      ["priced", 2],
      [UNKNOWN, 1],
      ["free", 0],
    ],
  );
  assert.deepEqual(
    cost.unpriced.map(({ name }) => name),
    ["secret"],
  );
  const tokens = stack(given, "tokens", "model", LATE);
  assert.deepEqual(
    tokens.series.map(({ name, total }) => [name, total]),
    [
      ["", 8],
      ["secret", 7],
      ["free", 6],
      ["priced", 5],
    ],
  );
  assert.deepEqual(tokens.unpriced, []);
});

test("the line begins with the first call and ends now", () => {
  const calls = [{ at: 1, model: "m", cost: 3 }];
  const firstCallAt = Date.parse("2026-11-21T08:00:00+09:00");
  const given = answer({ calls, by: ["model"], starts: STARTS, firstCallAt });
  assert.deepEqual(stack(given, "cost", "model", LATE).sums, [null, 3, 3]);
  assert.deepEqual(stack(given, "cost", "model", Date.parse("2026-11-21T12:00:00+09:00")).sums, [null, 3, null]);
});

test("nothing at all has no series and no sum", () => {
  const { series, totals, total } = stack(answer({ calls: [], by: ["agent"], starts: STARTS }), "cost", "agent", LATE);
  assert.deepEqual([series, totals, total], [[], [0, 0, 0], 0]);
});

test("folding: one too many is named, two too many are others", () => {
  const names = (count) => Array.from({ length: count }, (_, place) => place);
  for (const [count, kept, rest] of [
    [0, 0, 0],
    [8, 8, 0],
    [9, 9, 0],
    [10, 8, 2],
    [30, 8, 22],
  ]) {
    const folded = fold(names(count));
    assert.deepEqual([folded.kept.length, folded.rest.length], [kept, rest], `${count}`);
  }
});

test("a name keeps its colour while others come and go", () => {
  const memory = new Map();
  assert.deepEqual([...colors(memory, ["a", "b", "c"])].sort(), [
    ["a", 1],
    ["b", 2],
    ["c", 3],
  ]);
  assert.equal(colors(memory, ["c"]).get("c"), 3);
  const next = colors(memory, ["d", "c", "b"]);
  assert.deepEqual([next.get("c"), next.get("b"), next.get("d")], [3, 2, 1]);
  const many = Array.from({ length: 9 }, (_, place) => `n${place}`);
  assert.equal(new Set(colors(memory, many).values()).size, 9, "no two of them look the same");
});

test("the matrix: cells, sums both ways and the largest cell", () => {
  const calls = someCalls(600, ["x", "y", "z"], ["a", "b"]);
  const shape = matrix(answer({ calls, by: ["agent", "model"], starts: STARTS }), "cost");
  const of = (test) => calls.filter(test).reduce((sum, { cost }) => sum + cost, 0);
  let highest = 0;
  for (const agent of ["a", "b"]) {
    near(
      shape.rowSum(agent).cost,
      of((call) => call.agent === agent),
      agent,
    );
    for (const model of ["x", "y", "z"]) {
      const wanted = of((call) => call.agent === agent && call.model === model);
      near(shape.cell(agent, model).cost, wanted, `${agent} ${model}`);
      highest = Math.max(highest, wanted);
    }
  }
  near(
    shape.columnSum("y").cost,
    of(({ model }) => model === "y"),
    "y",
  );
  near(shape.highest, highest, "largest");
});

test("in the matrix no call is no cell, and what has no price has no sum", () => {
  const calls = [
    { at: 0, agent: "a", model: "known", cost: 1 },
    { at: 0, agent: "b", model: "secret", cost: null },
  ];
  const shape = matrix(answer({ calls, by: ["agent", "model"], starts: STARTS }), "cost");
  assert.equal(shape.cell("b", "known"), null);
  assert.deepEqual([shape.cell("b", "secret").cost, shape.rowSum("b").cost], [null, null]);
  assert.deepEqual(shape.columns, ["known", "secret"], "what has no price stands last");
});

test("many agents and models fold, and nothing is lost", () => {
  const names = (letter, count) => Array.from({ length: count }, (_, place) => `${letter}${place}`);
  const calls = someCalls(5000, names("m", 30), [...names("a", 20), "__proto__"]);
  const shape = matrix(answer({ calls, by: ["agent", "model"], starts: STARTS }), "calls");
  assert.deepEqual([shape.rows.length, shape.columns.length], [13, 8]);
  assert.deepEqual([shape.rows.at(-1), shape.rowsLeft, shape.columnsLeft], [OTHERS_NAME, 9, 23]);
  const all = shape.rows.flatMap((row) => shape.columns.map((column) => shape.cell(row, column)?.calls ?? 0));
  assert.equal(
    all.reduce((sum, count) => sum + count, 0),
    5000,
  );
});

test("the calendar: weeks from Monday; before the ledger is empty, a day without calls is zero", () => {
  const buckets = midnights("2026-11-09", 14)
    .slice(0, -1)
    .map((start) => ({ start, totals: figures([]) }));
  const list = weeks(buckets, "2026-11-12", "2026-11-20");
  assert.deepEqual(
    list.map(({ monday }) => monday),
    ["2026-11-09", "2026-11-16"],
  );
  assert.deepEqual(
    list.flatMap(({ days }) => days.map(({ state }) => state[0])).join(""),
    "bbbdddd" + "dddddaa",
    "three days before, nine known, two to come",
  );
  assert.equal(list[0].days[3].figures.cost, 0);
  assert.equal(list[0].days[0].figures, null);
  assert.deepEqual(weeks([], "2026-11-12", "2026-11-20"), []);
});

test("a month's name stands above the week in which it begins", () => {
  const buckets = midnights("2025-11-24", 364).map((start) => ({ start, totals: figures([]) }));
  const starts = monthStarts(weeks(buckets, "2025-11-24", "2026-11-22"));
  assert.equal(starts.length, 12);
  assert.deepEqual(starts[0], { place: 1, day: "2025-12-01" });
  assert.ok(starts.every(({ day }) => day.endsWith("-01")));
});
