// The CSV of the rows shown: quoting, unknown values, and nothing that a spreadsheet would run.
import assert from "node:assert/strict";
import test from "node:test";
import { cell, csv } from "../lib/csv.js";
import { row } from "./rows.js";

/** Reads CSV as RFC 4180 has it. */
function read(text) {
  const [rows, field] = [[[]], { text: "", quoted: false }];
  for (let at = 0; at < text.length; at += 1) {
    const one = text[at];
    if (field.quoted && one === '"' && text[at + 1] === '"') {
      field.text += '"';
      at += 1;
    } else if (one === '"') field.quoted = !field.quoted;
    else if (!field.quoted && one === ",") {
      rows.at(-1).push(field.text);
      field.text = "";
    } else if (!field.quoted && one === "\r" && text[at + 1] === "\n") {
      rows.at(-1).push(field.text);
      field.text = "";
      rows.push([]);
      at += 1;
    } else field.text += one;
  }
  assert.deepEqual([field, rows.pop()], [{ text: "", quoted: false }, []], "the last line is ended");
  return rows;
}

const body = (rows) => csv(rows).replace(/^\uFEFF/, "");

test("cells", () => {
  for (const [value, expected] of [
    [null, ""],
    [undefined, ""],
    ["", ""],
    [0, "0"],
    [0.055, "0.055"],
    [-5, "-5"],
    ["plain", "plain"],
    ["two words", "two words"],
    ["한국어", "한국어"],
    ["a,b", '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ["a\nb", '"a\nb"'],
    ["a\r\nb", '"a\r\nb"'],
    ["a;b", "a;b"],
  ])
    assert.equal(cell(value), expected, JSON.stringify(value));
});

test("what a spreadsheet would run is made text", () => {
  for (const [value, expected] of [
    ["=1+1", "'=1+1"],
    ["+82-10", "'+82-10"],
    ["-x", "'-x"],
    ["@sum", "'@sum"],
    ["\t=1", "'\t=1"],
    ["\r=1", '"\'\r=1"'],
    ['=HYPERLINK("x","y")', '"\'=HYPERLINK(""x"",""y"")"'],
    ["=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"],
  ])
    assert.equal(cell(value), expected, JSON.stringify(value));
  const hostile = ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "a\n=1", '"=1', "',=1"];
  for (const label of hostile) {
    const [, line] = read(body([row({ label })]));
    assert.doesNotMatch(line[1], /^[=+\-@\t\r]/, JSON.stringify(label));
    assert.ok(line[1].endsWith(label), "and is still all there");
  }
  assert.equal(cell("a=1"), "a=1", "only at the beginning");
});

test("a header, one line a row, every line with every field", () => {
  const rows = [
    row({
      key: "agent:main:main",
      label: 'a "b", c\nd',
      cost: 0.055,
      inputTokens: 1000,
      updatedAt: Date.UTC(2026, 1, 13, 8),
    }),
    row({ key: "k2", label: null, cost: null, model: null, updatedAt: null }),
  ];
  const [head, first, second, ...rest] = read(body(rows));
  assert.deepEqual(rest, []);
  assert.equal(first.length, head.length);
  assert.equal(second.length, head.length);
  const named = (line) => Object.fromEntries(head.map((name, place) => [name, line[place]]));
  assert.deepEqual(
    { ...named(first) },
    {
      ...named(first),
      key: "agent:main:main",
      label: 'a "b", c\nd',
      cost: "0.055",
      inputTokens: "1000",
      updatedAt: "2026-02-13T08:00:00.000Z",
    },
  );
  assert.deepEqual(
    { ...named(second) },
    { ...named(second), key: "k2", label: "", cost: "", model: "", updatedAt: "" },
  );
});

test("without rows there is the header alone", () => {
  assert.equal(read(body([])).length, 1);
});

test("hidden directions and long labels go through unchanged", () => {
  const label = `\u202Egnp.exe\u2066 ${"x".repeat(10_000)}`;
  assert.equal(read(body([row({ label })]))[1][1], label);
});
