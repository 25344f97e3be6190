// What is wrong with the sources: the worst first, and every reason.
import "./globals.js";
import assert from "node:assert/strict";
import test from "node:test";

const { troubleOf } = await import("../lib/trouble.js");

const source = (kind, status, detail = "") => ({ installation: "local", kind, status, detail });

test("sources that are well or still read are no trouble", () => {
  assert.equal(troubleOf([]), null);
  assert.equal(troubleOf([source("files", "ok"), source("command", "scanning")]), null);
});

test("one source is named, several are counted, and the worst gives the look", () => {
  const one = troubleOf([source("files", "ok"), source("gateway", "degraded", "The token is wrong.")]);
  assert.deepEqual(one, {
    status: "degraded",
    words: "gateway: degraded",
    why: "local · gateway: The token is wrong.",
  });
  const two = troubleOf([source("gateway", "degraded", "a"), source("files", "down", "b")]);
  assert.deepEqual([two.status, two.words], ["down", "2 sources in trouble"]);
  assert.equal(two.why, "local · gateway: a\nlocal · files: b");
});
