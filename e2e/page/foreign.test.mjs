// A page from another origin, in the browser of somebody who has signed in: it can neither read, nor act, nor follow.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "node:test";
import { openBrowser } from "../support/browser.mjs";
import { startDashboard } from "../support/dashboard.mjs";
import { eventually } from "../support/page.mjs";

const TOKEN = "a-token-of-the-test-alone";
const shared = {};

async function ask(route) {
  const response = await fetch(`${shared.server.url}/${route}`, { headers: { authorization: `Bearer ${TOKEN}` } });
  return response.json();
}

test.before(async () => {
  shared.folder = await mkdtemp(path.join(tmpdir(), "factory-dashboard-foreign-"));
  const tokenFile = path.join(shared.folder, "token");
  await writeFile(tokenFile, TOKEN);
  shared.server = await startDashboard(["demo", "--allow-control", "--token-file", tokenFile]);
  await eventually(async () => {
    [shared.session] = (await ask("api/sessions")).sessions;
    assert.ok(shared.session);
  });
  shared.other = http.createServer((_request, response) => response.end("<!doctype html><title>elsewhere</title>"));
  await new Promise((listening) => shared.other.listen(0, "127.0.0.1", listening));
  shared.browser = await openBrowser();
});
test.after(async () => {
  await shared.browser?.close();
  shared.other?.close();
  await shared.server?.stop();
  await rm(shared.folder, { recursive: true, force: true });
});

/** Another port of the same host is the same site: the browser sends the cookie along. */
const ORIGINS = { "another port": "127.0.0.1", "another name": "localhost" };

for (const [what, host] of Object.entries(ORIGINS))
  test(`a page at ${what} gets nothing`, async () => {
    const page = await shared.browser.page();
    await page.goto(`${shared.server.url}/sign-in`);
    await page.getByLabel(/token/i).fill(TOKEN);
    await page.getByRole("button").click();
    await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
    const access = () => page.evaluate(async () => (await fetch("api/access")).json());
    assert.equal((await access()).reader, "browser", "its own page may");
    const action = `api/sessions/${encodeURIComponent(shared.session.key)}/actions`;
    const { outcome, auditId } = await page.evaluate(actAtHome, action);
    const before = (await ask("api/audit")).entries;
    assert.deepEqual(
      [outcome, before[0].id],
      ["refused", auditId],
      "simulated agents are not stopped, but it is written down",
    );

    await page.goto(`http://${host}:${shared.other.address().port}/`);
    const got = await page.evaluate(attempts, { home: shared.server.url, route: action });
    assert.deepEqual(got, {
      read: "TypeError",
      readWithCookie: "TypeError",
      readOpaque: "opaque 0",
      script: "error",
      act: "opaque 0",
      actAsJson: "TypeError",
      signOut: "opaque 0",
      socket: "error",
      events: "error",
      frame: "nothing",
    });
    assert.deepEqual((await ask("api/audit")).entries, before, "nobody acted");
    assert.ok(
      page.problems.some((problem) => /api\/stream.*403/.test(problem)),
      page.problems.join("\n"),
    );
    await page.goto(shared.server.url);
    assert.equal((await access()).reader, "browser", "and is still signed in");
    await page.context().close();
  });

/** Runs in the dashboard's own page. */
async function actAtHome(route) {
  const { csrf } = await (await fetch("api/access")).json();
  const headers = { "content-type": "application/json", "x-csrf-token": csrf };
  const response = await fetch(route, { method: "POST", headers, body: JSON.stringify({ action: "stop" }) });
  return response.json();
}

/** Runs in the foreign page. */
async function attempts({ home, route }) {
  const outcome = async (request) => {
    try {
      const response = await request();
      return `${response.type} ${(await response.text()).length}`;
    } catch (error) {
      return error.name;
    }
  };
  const first = (target, names) =>
    new Promise((resolve) => names.forEach((name) => target.addEventListener(name, () => resolve(name))));
  const action = `${home}/${route}`;
  const body = JSON.stringify({ action: "stop" });
  const post = { method: "POST", credentials: "include", body };
  const script = Object.assign(document.createElement("script"), { src: `${home}/api/sessions` });
  const loaded = first(script, ["load", "error"]);
  document.head.append(script);
  const frame = Object.assign(document.createElement("iframe"), { src: home });
  const framed = first(frame, ["load", "error"]);
  document.body.append(frame);
  await framed;
  return {
    read: await outcome(() => fetch(`${home}/api/sessions`)),
    readWithCookie: await outcome(() => fetch(`${home}/api/sessions`, { credentials: "include" })),
    readOpaque: await outcome(() => fetch(`${home}/api/access`, { mode: "no-cors", credentials: "include" })).then(
      (text) => (text === "TypeError" ? "opaque 0" : text),
    ),
    script: await loaded,
    act: await outcome(() => fetch(action, { ...post, mode: "no-cors" })).then((text) =>
      text === "TypeError" ? "opaque 0" : text,
    ),
    actAsJson: await outcome(() => fetch(action, { ...post, headers: { "content-type": "application/json" } })),
    signOut: await outcome(() => fetch(`${home}/sign-out`, { ...post, mode: "no-cors" })).then((text) =>
      text === "TypeError" ? "opaque 0" : text,
    ),
    socket: await first(new WebSocket(`${home.replace("http", "ws")}/api/stream`), ["open", "message", "error"]),
    events: await first(new EventSource(`${home}/api/events`, { withCredentials: true }), ["open", "message", "error"]),
    frame: (() => {
      try {
        return frame.contentDocument?.body.innerText ?? "nothing";
      } catch {
        return "nothing";
      }
    })(),
  };
}
