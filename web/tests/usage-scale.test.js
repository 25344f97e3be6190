// Axes, shades, rates and the forecast of today.
import assert from "node:assert/strict";
import test from "node:test";
import { figures, midnights } from "./answers.js";
import { forecast, quantile, restOf } from "../charts/forecast.js";
import { heat, lines, niceStep, ticks } from "../charts/scale.js";
import { add, hitRate, NOTHING, onAxis, rate, share, sumOfDays } from "../lib/usage-figures.js";

test("lines: equal round steps from 0 that hold the highest value", () => {
  for (const [highest, expected] of [
    [80, [0, 20, 40, 60, 80]],
    [68.1, [0, 20, 40, 60, 80]],
    [1.2, [0, 0.3, 0.6, 0.9, 1.2]],
    [0, [0, 1, 2, 3, 4]],
    [0.0003, [0, 0.00008, 0.00016, 0.00024, 0.00032]],
  ])
    assert.deepEqual(lines(highest), expected, `${highest}`);
  assert.deepEqual(lines(3, 4, true), [0, 1, 2, 3, 4], "no half calls");
  for (let value = 0.001; value < 1e9; value *= 1.37) {
    const top = lines(value).at(-1);
    assert.ok(top >= value * (1 - 1e-9) && top <= value * 1.34, `${value} under ${top}`);
  }
  assert.equal(niceStep(Number.NaN), 1);
});

test("words on the axis: never more than fit, the first day first", () => {
  const days = midnights("2026-10-24", 30)
    .slice(0, -1)
    .map((start) => ({ start }));
  assert.deepEqual(ticks(days, "day", 5), [0, 7, 14, 21, 28]);
  assert.deepEqual(ticks(days, "day", 30).length, 30);
  for (const most of [1, 2, 3, 5, 8, 12]) assert.ok(ticks(days, "day", most).length <= most, `${most}`);
  assert.deepEqual(ticks([{ start: days[0].start }], "day", 0), [0]);
});

/** The hours of days in Berlin, as a server would write them. */
function berlinHours(fromMs, toMs) {
  const clock = new Intl.DateTimeFormat("sv-SE", {
    timeZone: "Europe/Berlin",
    dateStyle: "short",
    timeStyle: "medium",
  });
  return Array.from({ length: (toMs - fromMs) / 3_600_000 }, (_, place) => ({
    start: `${clock.format(fromMs + place * 3_600_000).replace(" ", "T")}+01:00`,
  }));
}

test("hours keep their words where clocks change: a day of 25 hours has one midnight and one 02:00", () => {
  const hours = berlinHours(Date.parse("2026-10-24T22:00:00Z"), Date.parse("2026-10-25T23:00:00Z"));
  assert.equal(hours.length, 25);
  const words = (most) => ticks(hours, "hour", most).map((place) => hours[place].start.slice(11, 16));
  assert.deepEqual(words(13), [
    "00:00",
    "02:00",
    "04:00",
    "06:00",
    "08:00",
    "10:00",
    "12:00",
    "14:00",
    "16:00",
    "18:00",
    "20:00",
    "22:00",
  ]);
  assert.deepEqual(words(5), ["00:00", "06:00", "12:00", "18:00"]);
  const spring = berlinHours(Date.parse("2026-03-28T23:00:00Z"), Date.parse("2026-03-30T22:00:00Z"));
  assert.equal(spring.length, 47);
  assert.deepEqual(
    ticks(spring, "hour", 3).map((place) => spring[place].start.slice(0, 16)),
    ["2026-03-29T00:00", "2026-03-30T00:00"],
  );
});

test("shades: nothing is 0, the least of something is not, a quarter of the highest is half as dark", () => {
  for (const [value, step] of [
    [0, 0],
    [null, 0],
    [0.0001, 1],
    [25, 3],
    [25.1, 4],
    [100, 6],
    [36, 4],
    [1, 1],
  ])
    assert.equal(heat(value, 100), step, `${value}`);
  assert.equal(heat(5, 0), 0);
});

test("rates and shares: small is not nothing, and of nothing there is none", () => {
  assert.deepEqual([rate(0), rate(0.04), rate(0.78), rate(86.94), rate(null)], ["0.0%", "<0.1%", "0.8%", "86.9%", "—"]);
  assert.deepEqual([share(1, 300), share(46, 100), share(0, 5), share(1, 0)], ["<1%", "46%", "0%", "—"]);
  assert.equal(hitRate({ inputTokens: 10, cacheReadTokens: 80, cacheWriteTokens: 10 }), 80);
  assert.equal(hitRate(NOTHING), null);
});

test("figures on an axis are as short as they can be", () => {
  for (const [measure, value, text] of [
    ["cost", 0, "$0"],
    ["cost", 20, "$20"],
    ["cost", 0.4, "$0.40"],
    ["cost", 12.5, "$12.50"],
    ["cost", 1125, "$1,125"],
    ["cost", 20_000, "$20k"],
    ["tokens", 8_000_000, "8M"],
    ["tokens", 12_500, "12.5k"],
    ["calls", 300, "300"],
  ])
    assert.equal(onAxis(measure, value), text);
});

test("sums: an unknown cost stays unknown until something known is added", () => {
  const [known, secret] = [figures([{ cost: 2 }]), figures([{ cost: null }])];
  assert.equal(add(NOTHING, secret).cost, null);
  assert.equal(add(secret, NOTHING).cost, null);
  assert.deepEqual([add(secret, known).cost, add(known, secret).unpricedCalls], [2, 1]);
  const buckets = midnights("2026-11-20", 3)
    .slice(0, -1)
    .map((start, place) => ({ start, totals: figures([{ cost: 10 ** place }]) }));
  assert.equal(sumOfDays(buckets, "2026-11-21", "2026-11-22").cost, 110);
});

/** Days of 24 hours that cost `perHour(day number, hour)`. */
function hours(first, days, perHour) {
  return midnights(first, days)
    .slice(0, -1)
    .flatMap((midnight, number) =>
      Array.from({ length: 24 }, (_, hour) => ({
        start: midnight.replace("T00", `T${String(hour).padStart(2, "0")}`),
        totals: figures([{ cost: perHour(number, hour) }]),
      })),
    );
}

test("what a day still brought after a time, the hour itself by its part", () => {
  const buckets = hours("2026-11-20", 1, () => 1);
  assert.equal(restOf(buckets, "2026-11-20", 0, 0, "cost"), 24);
  assert.equal(restOf(buckets, "2026-11-20", 23, 30, "cost"), 0.5);
  assert.equal(restOf(buckets, "2026-11-20", 12, 15, "cost"), 11.75);
  assert.equal(restOf(buckets, "2026-11-21", 12, 15, "cost"), 0);
});

test("the forecast is the middle half of what the days before still brought", () => {
  // Day number n costs n + 1 an hour; at 22:00 two hours are left. Today has cost 3 until then.
  const buckets = hours("2026-11-15", 8, (number, hour) => (number === 7 ? (hour === 8 ? 3 : 0) : number + 1));
  const said = forecast(buckets, "2026-11-22", "22:00", "2026-11-01", "cost");
  // The rests are 2, 4, 6, 8, 10, 12, 14: quartiles 5, 8, 11.
  assert.deepEqual(said, { spent: 3, low: 8, middle: 11, high: 14 });
  assert.equal(forecast(buckets, "2026-11-22", "22:00", "2026-11-18", "cost"), null, "three full days are too few");
  assert.notEqual(forecast(buckets, "2026-11-22", "22:00", "2026-11-17", "cost"), null, "four are enough");
  assert.equal(forecast(buckets, "2026-11-22", "22:00", null, "cost"), null);
  assert.equal(
    forecast(
      hours("2026-11-15", 8, () => 0),
      "2026-11-22",
      "22:00",
      "2026-11-01",
      "cost",
    ),
    null,
    "nothing more is likely to come",
  );
  assert.equal(quantile([1, 2, 3, 4], 0.5), 2.5);
  assert.equal(quantile([7], 0.25), 7);
});
