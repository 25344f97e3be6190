// One request: what is told of a failure.
import { replace } from "./globals.js";
import assert from "node:assert/strict";
import test from "node:test";

const { getJson } = await import("../lib/api.js");

function serve(context, { status = 200, statusText = "", body = {}, isJson = true }) {
  replace(context, "fetch", async () => ({
    ok: status < 400,
    status,
    statusText,
    headers: new Headers({ date: "Sun, 22 Nov 2026 10:00:00 GMT" }),
    json: async () => (isJson ? body : JSON.parse("<html>")),
  }));
}

test("an answer and the server's clock", async (context) => {
  serve(context, { body: { a: 1 } });
  assert.deepEqual(await getJson("api/x"), { data: { a: 1 }, serverTime: Date.UTC(2026, 10, 22, 10) });
});

test("no answer at all is told in our own words, whatever the browser calls it", async (context) => {
  const timeout = Object.assign(new Error("signal timed out"), { name: "TimeoutError" });
  for (const [failure, words] of [
    [new TypeError("Failed to fetch"), "The server cannot be reached."],
    [new TypeError("NetworkError when attempting to fetch resource."), "The server cannot be reached."],
    [timeout, "The server did not answer in time."],
  ]) {
    replace(context, "fetch", () => Promise.reject(failure));
    await assert.rejects(getJson("api/x"), { message: words, cause: failure });
  }
  serve(context, { isJson: false });
  await assert.rejects(getJson("api/x"), { message: "What answered is not this server." });
});

test("a failure is told in the server's words, else as its number", async (context) => {
  for (const [answer, words] of [
    [{ status: 400, body: { title: "A mistake", detail: "'x' is not a day." } }, "'x' is not a day."],
    [{ status: 503, statusText: "Service Unavailable", body: { title: "down" } }, "503 Service Unavailable"],
    [{ status: 502, statusText: "Bad Gateway", isJson: false }, "502 Bad Gateway"],
    [{ status: 500, body: { detail: "" } }, "500"],
  ]) {
    serve(context, answer);
    await assert.rejects(getJson("api/x"), { message: words });
  }
});
