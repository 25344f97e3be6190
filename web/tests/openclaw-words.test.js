// What OpenClaw counts itself, in words: every reason of the server in both languages, and the difference in short.
import "./globals.js";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

const { difference, isEqual, sentences, statement } = await import("../lib/openclaw-words.js");
const { language } = await import("../lib/prefs.js");
const en = (await import("../lib/words-en.js")).default;
const ko = (await import("../lib/words-ko.js")).default;

const reason = (word, sessions = 0, calls = 0, tokens = 0) => ({ reason: word, sessions, calls, tokens });
const compared = (tokens, cost, ...reasons) => ({ difference: { tokens, cost }, reasons });

test("every reason that the server may give has a sentence", () => {
  const text = readFileSync(new URL("../../src/domain/reconciliation/reasons.rs", import.meta.url), "utf8");
  const words = [...text.matchAll(/Self::\w+ => "([a-z-]+)"/g)].map((match) => match[1]);
  assert.ok(words.length >= 19);
  for (const word of words) for (const of of [en, ko]) assert.ok(`oc_${word}` in of, word);
});

test("sentences are those of the server, with its figures", () => {
  language.value = "en";
  assert.deepEqual(sentences(compared(0, 0, reason("forgotten", 1, 2, 1234567), reason("skipped", 0, 3))), [
    "OpenClaw has no transcript any more of 1 session with 2 calls and 1,234,567 tokens: deleted or pruned there, kept here.",
    "Not understood here, so not counted: 3 records.",
  ]);
  language.value = "ko";
  assert.deepEqual(sentences(compared(0, 0, reason("late", 1, 1, 10))), [
    "OpenClaw가 집계하는 동안 들어온 토큰 10개가 여기에는 이미 포함되어 있습니다.",
  ]);
  language.value = "en";
});

test("a difference is of tokens, else of the cost, else none", () => {
  const cases = [
    [compared(610, 0.1, reason("forgotten")), "+610 tokens", false],
    [compared(-1234, 0, reason("less")), "−1.2k tokens", false],
    [compared(0, -0.0112, reason("same-tokens")), "−$0.0112", false],
    [compared(0, 0, reason("other-kinds")), "other kinds", false],
    [compared(0, 0, reason("equal")), "equal", true],
  ];
  for (const [one, text, same] of cases) assert.deepEqual([difference(one), isEqual(one)], [text, same]);
});

test("what OpenClaw says is the sum of its four kinds", () => {
  const openclaw = { inputTokens: 1000, outputTokens: 200, cacheReadTokens: 30, cacheWriteTokens: 4, cost: 0.5 };
  assert.equal(statement(openclaw, "5m ago"), "OpenClaw itself: 1,234 tokens, $0.50, asked 5m ago.");
});
