// Every sentence that the server may show on the page has Korean words: the sentences are read from its sources.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import "./globals.js";
import list from "../lib/server-words-ko.js";
import { inLanguage } from "../lib/server-words.js";

/** Files whose words reach the page, and what else stands in them. */
const FILES = {
  "http/error.rs": [
    /^(The request has a mistake|Message text is off|The transcript cannot be read|Not clear what|The audit log cannot be read|Too many wrong tokens|Not asked by the page|The ledger cannot answer)/,
    /^[.;] /,
    /^There is no session '\{key\}'\{\}$/,
  ],
  "http/session.rs": [/allowed for|UTF-8|^a place that|^auto, list/],
  "http/session/find.rs": [],
  "gateway/refusal.rs": [],
  "gateway/device.rs": [],
  "gateway/connection.rs": [],
  "logs.rs": [],
  "logs/tail.rs": [],
  "app/logs.rs": [],
  "app/desk.rs": [],
  "source/agent.rs": [],
  "source/bounded.rs": [],
  "source/command.rs": [],
  "source/database.rs": [],
  "source/files.rs": [],
  "source/gateway.rs": [],
  "source/gateway_usage.rs": [/^\{\} gateway call/],
  "source/index.rs": [/^an object of session keys/],
  "source/lenient.rs": [],
  "source/skips.rs": [],
  "source/sqlite/archives.rs": [/^select/],
  "source/tail.rs": [],
  "source/tasks.rs": [/^select/],
  "source/transcripts.rs": [],
  "control/answers.rs": [],
  "control/desk.rs": [],
  "control/errand.rs": [],
  "control/line.rs": [/^OpenClaw did not answer within \{\} s$/, /^\{silent\}/],
  "pipeline.rs": [],
  "store.rs": [],
  "store/open.rs": [/^(select|insert)/],
};

/** The texts of four words and more in a file, as they are written there. */
function sentences(file) {
  const source = readFileSync(new URL(`../../src/${file}`, import.meta.url), "utf8").split(
    "#[cfg(test)]\nmod tests {",
  )[0];
  const code = source.replace(/^\s*\/\/.*$/gm, "").replace(/^.*(#\[expect|tracing::|description = ).*$/gm, "");
  const literals = [...code.matchAll(/'(?:\\.|[^'\\])'|(b?)"((?:[^"\\]|\\[\s\S])*)"/g)];
  const texts = literals.filter(([, b, text]) => text && !b).map(([, , text]) => text.replace(/\\\n\s*/g, ""));
  return texts.filter((text) => text.trim().split(/\s+/).length >= 4 && !/^(select|insert) /.test(text));
}

const known = (text) => inLanguage("ko", text) !== text;

for (const [file, others] of Object.entries(FILES)) {
  test(`the words of ${file} are known in Korean`, () => {
    const unknown = sentences(file)
      .filter((text) => !others.some((other) => other.test(text)))
      .map((text) => text.replace(/\{[\w.]*\}/g, "X7").replace(/\\"/g, '"'))
      .filter((text) => !known(text));
    assert.deepEqual(unknown, []);
  });
}

test("the files hold sentences at all", () => {
  const all = Object.keys(FILES).flatMap(sentences);
  assert.ok(all.length > 90, String(all.length));
});

test("no Korean sentence is left over from a sentence that the server says no more", () => {
  const walk = Object.keys(FILES).concat(
    "http/actions.rs",
    "../web/lib/api.js",
    "http/session/messages.rs",
    "app/gateways.rs",
    "store/schema.rs",
    "control/audit.rs",
    "source/records.rs",
    "source/sqlite/events.rs",
    "source/sqlite/sessions.rs",
  );
  const source = walk
    .map((file) => readFileSync(new URL(`../../src/${file}`, import.meta.url), "utf8"))
    .join("\n")
    .replace(/\\\n\s*/g, "");
  // Some are put together from two.
  const isSaid = (text) =>
    text.trim().length < 2 ||
    source.includes(text) ||
    Array.from(text, (_, at) => at).some(
      (at) => at > 1 && source.includes(text.slice(0, at)) && source.includes(text.slice(at)),
    );
  const gone = list
    .map(([english]) => english)
    .filter((english) => {
      const texts = english.split(/\{\w+\}/);
      return !texts.every(isSaid);
    });
  assert.deepEqual(gone, []);
});

test("what is put in comes through, and is translated where it is a sentence too", () => {
  const said =
    "No log of OpenClaw can be read. No gateway answers at ws://127.0.0.1:1 (refused). Start it with 'openclaw gateway', or say where it is with --gateway.";
  assert.equal(
    inLanguage("ko", said),
    "읽을 수 있는 OpenClaw 로그가 없습니다. ws://127.0.0.1:1에서 응답하는 게이트웨이가 없습니다(refused). 'openclaw gateway'로 시작하거나, --gateway로 어디에 있는지 알려 주세요.",
  );
  assert.equal(inLanguage("en", said), said);
  assert.equal(inLanguage("ko", "OpenClaw's own words"), "OpenClaw's own words");
  assert.equal(inLanguage("ko", "The task has ended. Or not."), "The task has ended. Or not.");
});

test("every hole of a Korean sentence is one of the English one", () => {
  const holes = (text) => new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
  for (const [english, korean] of list) {
    assert.deepEqual([...holes(korean)].sort(), [...holes(english)].sort(), english);
    assert.match(korean, /[가-힣]/);
  }
});

test("hostile words cost no more than their length", () => {
  const said = `${"The gateway refused: (".repeat(20_000)}`;
  assert.equal(inLanguage("ko", said), said);
});
