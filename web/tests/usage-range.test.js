// The address of the Usage page → days, steps and questions.
import assert from "node:assert/strict";
import test from "node:test";
import { addDays, countDays, dayName, dayOf, firstOfMonth, isDay, mondayOf, spanName, weekday } from "../lib/days.js";
import { axisWord, fullWord } from "../lib/bucket-words.js";
import { bucketsFor, choose, daysOf, endDay, RANGES, zoomed } from "../lib/usage-range.js";
import { address, chartQuery, matrixQuery, queries, yearStart } from "../lib/usage-query.js";

/** A Sunday. */
const TODAY = "2026-11-22";

test("ranges end today and begin where a calendar says", () => {
  for (const [range, from] of [
    ["today", "2026-11-22"],
    ["week", "2026-11-16"],
    ["month", "2026-11-01"],
    ["7d", "2026-11-16"],
    ["14d", "2026-11-09"],
    ["30d", "2026-10-24"],
    ["90d", "2026-08-25"],
  ])
    assert.deepEqual(daysOf(range, TODAY, null), { from, to: TODAY }, range);
  assert.deepEqual(daysOf("week", "2026-11-16", null), { from: "2026-11-16", to: "2026-11-16" }, "on a Monday");
  assert.deepEqual(daysOf("month", "2026-03-01", null), { from: "2026-03-01", to: "2026-03-01" });
  assert.deepEqual(daysOf("30d", "2028-03-10", null).from, "2028-02-10", "over a 29th of February");
});

test("all begins with the first call, as soon as that is known", () => {
  assert.deepEqual(daysOf("all", TODAY, "2026-04-12"), { from: "2026-04-12", to: TODAY });
  assert.deepEqual(daysOf("all", TODAY, null), { from: TODAY, to: TODAY });
  assert.deepEqual(daysOf("all", TODAY, "2027-01-01"), { from: TODAY, to: TODAY }, "a clock that is ahead");
});

test("days are counted as the calendar does, also where clocks change", () => {
  for (const [from, to] of [
    ["2026-03-28", "2026-03-30"],
    ["2026-10-24", "2026-10-26"],
    ["2026-12-31", "2027-01-02"],
    ["2028-02-28", "2028-03-01"],
  ])
    assert.equal(countDays(from, to), 3, `${from} ${to}`);
  // Day by day through three years, against the calendar of Intl.
  const name = new Intl.DateTimeFormat("en-US", { timeZone: "UTC", weekday: "short" });
  for (let day = "2026-01-01", count = 0; count < 1100; count += 1, day = addDays(day, 1)) {
    const said = name.format(Date.parse(`${day}T00:00:00Z`));
    assert.equal(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][weekday(day)], said, day);
    assert.ok(isDay(day));
    assert.equal(mondayOf(day) <= day && weekday(mondayOf(day)), 0);
    assert.equal(firstOfMonth(day).slice(0, 7), day.slice(0, 7));
  }
});

test("which day it is depends on the zone", () => {
  const at = Date.parse("2026-11-22T20:00:00Z");
  for (const [zone, day] of [
    ["UTC", "2026-11-22"],
    ["Asia/Seoul", "2026-11-23"],
    ["America/Los_Angeles", "2026-11-22"],
    ["Pacific/Kiritimati", "2026-11-23"],
  ])
    assert.equal(dayOf(at, zone), day, zone);
});

test("what is no day is none", () => {
  for (const text of ["", null, undefined, "today", "2026-2-3", "2026-02-30", "2026-13-01", "2026-11-22T00", "<b>"])
    assert.equal(isDay(text), false, String(text));
});

test("the choice: what the address says, else what is usual", () => {
  const usual = choose({}, TODAY, null);
  assert.deepEqual([usual.range, usual.from, usual.to, usual.days], ["30d", "2026-10-24", TODAY, 30]);
  assert.deepEqual([usual.measure, usual.by, usual.bucket], ["cost", "model", "day"]);
  const odd = choose({ range: "__proto__", measure: "x", by: "session", bucket: "total", from: "x", to: TODAY }, TODAY);
  assert.deepEqual(odd, usual, "unknown words change nothing");
  const dates = choose({ range: "7d", from: "2026-02-03", to: "2026-02-01" }, TODAY, null);
  assert.deepEqual([dates.range, dates.from, dates.to, dates.days], ["dates", "2026-02-01", "2026-02-03", 3]);
  const far = choose({ from: "9999-12-31", to: "0001-01-01" }, TODAY, null);
  assert.deepEqual([far.from, far.to, far.bucket], ["2000-01-01", TODAY, "month"], "nothing is before or after");
});

test("steps that fit, and the usual one", () => {
  for (const [days, fits] of [
    [1, ["hour"]],
    [2, ["hour", "day"]],
    [14, ["hour", "day", "week"]],
    [15, ["day", "week"]],
    [60, ["day", "week", "month"]],
    [400, ["day", "week", "month"]],
    [401, ["week", "month"]],
  ])
    assert.deepEqual(bucketsFor(days), fits, `${days} days`);
  const step = (range, first = null) => choose({ range }, TODAY, first).bucket;
  assert.deepEqual(
    RANGES.map((range) => step(range, "2020-01-01")),
    ["hour", "day", "day", "day", "day", "day", "day", "month"],
  );
  assert.equal(step("all", "2026-11-01"), "day");
  assert.equal(step("all", "2025-11-01"), "week");
  assert.equal(choose({ range: "90d", bucket: "hour" }, TODAY, null).bucket, "day", "hours of 90 days are too many");
  for (const range of RANGES)
    for (const first of ["2018-01-01", "2026-01-01", TODAY]) {
      const { bucket, buckets } = choose({ range }, TODAY, first);
      assert.ok(buckets.includes(bucket), `${range} since ${first}`);
    }
});

const day = (from, to) => ({ start: `${from}T00:00:00+09:00`, end: `${to}T00:00:00+09:00` });

test("a stretch of bars is the days that it covers", () => {
  const weeks = [day("2026-11-02", "2026-11-09"), day("2026-11-09", "2026-11-16"), day("2026-11-16", "2026-11-23")];
  assert.deepEqual(zoomed(weeks, 1, 1, TODAY), { from: "2026-11-09", to: "2026-11-15" });
  assert.deepEqual(zoomed(weeks, 1, 9, TODAY), { from: "2026-11-09", to: TODAY });
  assert.deepEqual(zoomed(weeks, 1, 2, "2026-11-20"), { from: "2026-11-09", to: "2026-11-20" }, "not past today");
  assert.equal(zoomed(weeks, -3, 9, TODAY), null, "all of them");
  const hour = (at) => ({ start: `2026-11-22T${at}:00:00+09:00`, end: `2026-11-22T${at}:59:59+09:00` });
  assert.deepEqual(zoomed([hour("08"), hour("09"), hour("10")], 0, 1, TODAY), { from: TODAY, to: TODAY });
  assert.equal(endDay({ start: "2026-11-22T23:00:00+09:00", end: "2026-11-23T00:00:00+09:00" }), "2026-11-22");
});

test("questions: one for each part, with the zone, and the CSV of the same", () => {
  const choice = choose({ range: "7d", by: "agent" }, TODAY, null);
  const asked = queries(choice, "Asia/Seoul");
  const read = (text) => Object.fromEntries(new URLSearchParams(text.split("?")[1]));
  assert.deepEqual(read(asked.chart), { from: "2026-11-16", to: TODAY, bucket: "day", by: "agent", tz: "Asia/Seoul" });
  assert.deepEqual(read(asked.matrix).by, "agent,model");
  assert.deepEqual(read(asked.sessions).limit, "8");
  assert.deepEqual([read(asked.recent).from, read(asked.recent).bucket], ["2026-11-15", "hour"]);
  assert.deepEqual([read(asked.year).from, read(asked.year).bucket], ["2025-11-17", "day"]);
  assert.equal(weekday(yearStart(TODAY)), 0);
  const csv = address("usage.csv", chartQuery(choice, "Asia/Seoul"));
  assert.equal(csv, asked.chart.replace("api/usage?", "api/usage.csv?"));
  assert.equal(address("usage", matrixQuery(choice, "Asia/Seoul")), asked.matrix);
  assert.ok(Object.values(asked).every((one) => one.startsWith("api/usage?")));
  assert.equal(read(queries(choose({ range: "all" }, TODAY, "2026-04-12"), "UTC").chart).from, "all");
});

test("names of days and steps in both languages", () => {
  assert.equal(dayName("2026-10-24", "en", TODAY), "24 Oct");
  assert.equal(dayName("2026-10-24", "ko", TODAY), "10월 24일");
  assert.match(dayName("2025-10-24", "en", TODAY), /24 Oct 2025/);
  assert.equal(spanName("2026-10-24", TODAY, "en"), "24 Oct – 22 Nov");
  assert.equal(spanName(TODAY, TODAY, "en"), "22 Nov");
  const hour = { start: "2026-11-22T14:00:00+09:00", end: "2026-11-22T15:00:00+09:00" };
  assert.equal(axisWord(hour, "hour", "en"), "14:00");
  assert.equal(fullWord(hour, "hour", "en", TODAY), "22 Nov 14:00");
  const midnight = { start: "2026-11-22T00:00:00+09:00", end: "2026-11-22T01:00:00+09:00" };
  assert.equal(axisWord(midnight, "hour", "en"), "22 Nov");
  const month = { start: "2026-11-01T00:00:00+09:00", end: "2026-12-01T00:00:00+09:00" };
  assert.deepEqual([axisWord(month, "month", "en"), fullWord(month, "month", "en", TODAY)], ["Nov", "November 2026"]);
  assert.equal(fullWord(day("2026-11-16", "2026-11-23"), "week", "en", TODAY), "16 Nov – 22 Nov");
});
