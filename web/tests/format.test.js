// Numbers, money, ages and durations as text: every border, in both languages.
import assert from "node:assert/strict";
import test from "node:test";
import { ago, clock, exact, exactMoney, money, percent, running, span, tokens } from "../lib/format.js";

/** One table of cases through one function: [arguments…, expected]. */
function check(name, format, cases) {
  test(name, () => {
    for (const given of cases) {
      const [values, expected] = [given.slice(0, -1), given.at(-1)];
      assert.equal(format(...values), expected, `${name} of ${values.join(", ")}`);
    }
  });
}

const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];

check("tokens", tokens, [
  [0, "0"],
  [1, "1"],
  [999, "999"],
  [1000, "1.0k"],
  [1040, "1.0k"],
  [1060, "1.1k"],
  [12_345, "12.3k"],
  [99_900, "99.9k"],
  [99_949, "99.9k"],
  [99_950, "100k"],
  [184_000, "184k"],
  [184_499, "184k"],
  [184_500, "185k"],
  [999_499, "999k"],
  // These would round to 1000k: they belong to the next unit.
  [999_500, "1.0M"],
  [999_949, "1.0M"],
  [999_950, "1.0M"],
  [1_000_000, "1.0M"],
  [1_240_000, "1.2M"],
  [99_949_999, "99.9M"],
  [99_950_000, "100M"],
  [214_000_000, "214M"],
  [999_499_999, "999M"],
  [999_500_000, "1.0B"],
  [1_000_000_000, "1.0B"],
  [12_300_000_000, "12.3B"],
  [150_000_000_000, "150B"],
]);

check("tokens that nobody knows", tokens, [
  [null, "—"],
  [undefined, "—"],
  [Number.NaN, "—"],
]);

test("tokens never shrink and never show a thousand of a unit", () => {
  const value = (text) => parseFloat(text) * ({ k: 1e3, M: 1e6, B: 1e9 }[text.at(-1)] ?? 1);
  let before = -1;
  for (let count = 0; count < 2e9; count = Math.max(count + 1, Math.round(count * 1.0007))) {
    const text = tokens(count);
    assert.ok(value(text) >= before, `${count} is shown as ${text}, less than what is before it`);
    assert.ok(
      Math.abs(value(text) - count) <= Math.max(0.05 * 10 ** Math.floor(Math.log10(count || 1)), 0.5),
      `${count} is shown as ${text}`,
    );
    assert.doesNotMatch(text, /^\d{4,}[kM]/, `${count} is shown as ${text}`);
    before = value(text);
  }
});

check("exact counts", exact, [
  [0, "0"],
  [999, "999"],
  [1000, "1,000"],
  [1_234_567, "1,234,567"],
  [null, "0"],
  [undefined, "0"],
]);

check("money", money, [
  [0, "$0.00"],
  [1e-9, "<$0.01"],
  [0.005, "<$0.01"],
  [0.0049, "<$0.01"],
  [0.009999999, "<$0.01"],
  [0.01, "$0.01"],
  [0.0749, "$0.07"],
  [0.0751, "$0.08"],
  [0.1, "$0.10"],
  [0.994, "$0.99"],
  [0.996, "$1.00"],
  [1, "$1.00"],
  [48.2, "$48.20"],
  [999.994, "$999.99"],
  [999.996, "$1,000.00"],
  [1234.5, "$1,234.50"],
  [1_000_000, "$1,000,000.00"],
]);

check("money that nobody knows", money, [
  [null, "—"],
  [undefined, "—"],
  [Number.NaN, "—"],
]);

check("exact money", exactMoney, [
  [0, "$0.00"],
  [0.0049, "$0.0049"],
  [0.055, "$0.055"],
  [0.165, "$0.165"],
  [1, "$1.00"],
  [0.123456789, "$0.123456789"],
  [1234.5, "$1,234.50"],
  [null, "—"],
  [undefined, "—"],
  [Number.NaN, "—"],
]);

check("ages in English", (ms) => ago(ms, "en"), [
  [0, "0s ago"],
  [999, "0s ago"],
  [5 * SECOND, "5s ago"],
  [59 * SECOND, "59s ago"],
  [MINUTE - 1, "59s ago"],
  [MINUTE, "1m ago"],
  [3 * MINUTE, "3m ago"],
  [HOUR - 1, "59m ago"],
  [HOUR, "1h ago"],
  [2 * HOUR, "2h ago"],
  [DAY - 1, "23h ago"],
  [DAY, "1d ago"],
  [4 * DAY, "4d ago"],
  [4 * DAY + 23 * HOUR, "4d ago"],
  [400 * DAY, "400d ago"],
]);

check("ages in Korean", (ms) => ago(ms, "ko"), [
  [0, "0초 전"],
  [5 * SECOND, "5초 전"],
  [MINUTE - 1, "59초 전"],
  [MINUTE, "1분 전"],
  [3 * MINUTE, "3분 전"],
  [HOUR - 1, "59분 전"],
  [2 * HOUR, "2시간 전"],
  [DAY - 1, "23시간 전"],
  [4 * DAY, "4일 전"],
]);

check("an age is never negative", (ms) => [ago(ms, "en"), ago(ms, "ko"), span(ms, "en"), running(ms)].join(" "), [
  [-1, "0s ago 0초 전 0s 0:00"],
  [-5 * MINUTE, "0s ago 0초 전 0s 0:00"],
]);

check("spans", span, [
  [5 * SECOND, "en", "5s"],
  [MINUTE - 1, "en", "59s"],
  [MINUTE, "en", "1m"],
  [2 * HOUR, "en", "2h"],
  [4 * DAY, "en", "4d"],
  [5 * SECOND, "ko", "5초"],
  [MINUTE, "ko", "1분"],
  [2 * HOUR, "ko", "2시간"],
  [4 * DAY, "ko", "4일"],
]);

check("durations that run", running, [
  [0, "0:00"],
  [38 * SECOND, "0:38"],
  [59_999, "0:59"],
  [MINUTE, "1:00"],
  [41 * MINUTE + 12 * SECOND, "41:12"],
  [HOUR - 1, "59:59"],
  [HOUR, "1:00:00"],
  [2 * HOUR + 5 * MINUTE + 10 * SECOND, "2:05:10"],
  [30 * HOUR, "30:00:00"],
]);

check("per cents", percent, [
  [0, "0%"],
  [0.4, "0%"],
  [74.4, "74%"],
  [74.5, "75%"],
  [99.9, "100%"],
  [250, "250%"],
  [null, "—"],
  [undefined, "—"],
  [Number.NaN, "—"],
]);

test("the time of day is the viewer's", (context) => {
  const before = process.env.TZ;
  context.after(() => {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  });
  process.env.TZ = "Asia/Seoul";
  assert.equal(clock(Date.UTC(2026, 10, 22, 6, 16, 21)), "15:16:21");
  assert.equal(clock(Date.UTC(2026, 10, 22, 15, 0, 0)), "00:00:00");
  process.env.TZ = "UTC";
  assert.equal(clock(Date.UTC(2026, 10, 22, 6, 16, 21)), "06:16:21");
});
