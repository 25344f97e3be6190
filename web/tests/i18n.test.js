// Words: the same keys in both languages, the same places to fill in, and no key that is nowhere.
import "./globals.js";
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";

const { translate, WORDS } = await import("../lib/i18n.js");
const { en, ko } = WORDS;

const WEB = new URL("../", import.meta.url);
const sources = [
  "app.js",
  ...["lib", "components", "pages", "charts"].flatMap((folder) =>
    readdirSync(new URL(folder, WEB), { recursive: true })
      .filter((name) => name.endsWith(".js"))
      .map((name) => `${folder}/${name}`),
  ),
]
  .filter((name) => !/words-[\w-]+\.js$/.test(name))
  .map((name) => ({ name, text: readFileSync(new URL(name, WEB), "utf8") }));

const forms = (entry) => (Array.isArray(entry) ? entry : [entry]);
const places = (entry) =>
  [...new Set(forms(entry).flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1])))].sort();

test("both languages have the same keys", () => {
  assert.deepEqual(
    Object.keys(ko).filter((key) => !(key in en)),
    [],
    "in Korean alone",
  );
  assert.deepEqual(
    Object.keys(en).filter((key) => !(key in ko)),
    [],
    "in English alone",
  );
});

test("both languages fill in the same values", () => {
  for (const key of Object.keys(en)) if (key in ko) assert.deepEqual(places(ko[key]), places(en[key]), key);
});

test("nothing is empty, and a list has a form for one and a form for many", () => {
  for (const words of [en, ko]) {
    for (const [key, entry] of Object.entries(words)) {
      assert.ok(
        forms(entry).every((text) => typeof text === "string" && text.trim() !== ""),
        key,
      );
      if (Array.isArray(entry)) assert.equal(entry.length, 2, key);
    }
  }
});

test("a list where the other has a list", () => {
  for (const key of Object.keys(en)) if (key in ko) assert.equal(Array.isArray(ko[key]), Array.isArray(en[key]), key);
});

test("every key written in the sources exists", () => {
  const missing = [];
  let found = 0;
  for (const { name, text } of sources) {
    // t("key"), t("key", …) and both sides of t(is ? "one" : "other").
    for (const call of text.matchAll(/\bt\(([^()`]*)/g)) {
      const first = call[1].replace(/[=!]==?\s*"[^"]*"/g, "").split(/,\s*\{/)[0];
      for (const key of first.matchAll(/"([^"]+)"/g)) {
        found += 1;
        if (!(key[1] in en) || !(key[1] in ko)) missing.push(`${name}: ${key[1]}`);
      }
    }
  }
  assert.ok(found > 80, `the sources were searched: ${found} keys`);
  assert.deepEqual(missing, []);
});

test("every word that the server may send exists", () => {
  const words = {
    type: ["main", "subagent", "cron"],
    status: ["active", "idle", "stale"],
    run: ["running", "queued", "idle", "failed", "aborted"],
    level: ["high", "medium", "low", "unpriced"],
    basis: ["recorded", "list", "mixed", "reference"].map((one) => `basis_${one}`),
    source: ["ok", "degraded", "down", "scanning"],
    reason: [
      "a run is in progress",
      "a run is in progress but silent",
      "updated within the active window",
      "updated within the idle window",
      "not updated for longer than the idle window",
      "a run is marked as in progress but silent for a day: it may be lost",
    ],
  };
  for (const [kind, list] of Object.entries(words))
    for (const word of list) assert.ok(word in ko, `${kind} ${word} in Korean`);
  for (const [kind, list] of Object.entries(words))
    for (const word of list) assert.notEqual(translate("en", word), "", `${kind} ${word} in English`);
});

test("the reasons here are those of the server", () => {
  const text = readFileSync(new URL("../src/domain/status.rs", WEB), "utf8");
  const said = [...text.matchAll(/\(Status::\w+, "([^"]+)"\)/g)].map((match) => match[1]);
  assert.ok(said.length >= 6);
  assert.deepEqual(
    said.filter((reason) => !(reason in ko)),
    [],
  );
});

test("filling in", () => {
  assert.equal(translate("en", "queueCount", { r: 6, w: 2 }), "6 running · 2 waiting");
  assert.equal(translate("ko", "queueCount", { r: 6, w: 2 }), "실행 6 · 대기 2");
  assert.equal(translate("en", "stores", { n: 1 }), "1 store");
  assert.equal(translate("en", "stores", { n: 0 }), "0 stores");
  assert.equal(translate("en", "stores", { n: 2 }), "2 stores");
  assert.equal(translate("ko", "stores", { n: 1 }), "저장소 1곳");
});

test("what is not known is shown as it is", () => {
  assert.equal(translate("en", "no such key"), "no such key");
  assert.equal(translate("fr", "sessions"), "Sessions");
  assert.equal(translate("en", "queueCount", { r: 6 }), "6 running · {w} waiting");
  assert.equal(
    translate("en", "queueCount", { r: "{w}", w: 2 }),
    "{w} running · 2 waiting",
    "a value is not filled in again",
  );
});
