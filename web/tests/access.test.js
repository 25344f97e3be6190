// Who may: what the server says, and what a sign-out leaves.
import { replace } from "./globals.js";
import assert from "node:assert/strict";
import test from "node:test";

const { access, readAccess, signOut } = await import("../lib/access.js");
const { perform } = await import("../lib/actions.js");

const IN = { control: "allowed", reader: "browser", csrf: "c-1" };

/** A server that answers with this status and body to `api/access`; where the browser was led. */
function serve(context, status, body = {}) {
  const led = [];
  access.value = IN;
  replace(context, "location", { hash: "#/usage", assign: (href) => led.push(href) });
  replace(
    context,
    "fetch",
    async (path) => new Response(path === "sign-out" ? "{}" : JSON.stringify(body), { status }),
  );
  return led;
}

test("who signed out where reading needs it is led to the sign-in", async (context) => {
  const led = serve(context, 401);
  await signOut();
  assert.equal(access.value.control, "signIn");
  assert.equal(led.length, 1);
  assert.match(led[0], /^sign-in\?next=/);
});

test("who signed out where anybody may read stays", async (context) => {
  const led = serve(context, 200, { control: "signIn", reader: "open", csrf: null });
  await signOut();
  assert.deepEqual([access.value.control, led], ["signIn", []]);
});

test("without an answer what was known stays", async (context) => {
  serve(context, 503);
  assert.equal(await readAccess(), true);
  assert.equal(access.value, IN);
});

test("how to ask again is known of what is not certain", async (context) => {
  const target = { path: "api/x", installation: "here" };
  const ask = async (action, answer) => {
    replace(context, "fetch", answer);
    return (await perform(action, target, { key: "k" })).again;
  };
  const says =
    (outcome, status = 200) =>
    async () =>
      new Response(JSON.stringify({ outcome }), { status });
  const fails = async () => {
    throw new TypeError("network");
  };
  for (const action of ["stop", "delete", "cancel"]) assert.equal(await ask(action, says("unknown")), "new");
  for (const action of ["send", "restart"]) {
    assert.equal(await ask(action, says("unknown")), null);
    assert.equal(await ask(action, fails), "same");
    assert.equal(await ask(action, says("", 503)), "same");
  }
  for (const outcome of ["done", "refused", "not_running"]) assert.equal(await ask("stop", says(outcome)), null);
});
