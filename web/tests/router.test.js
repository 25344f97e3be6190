// The address: pages and filters, there and back.
import { dispatch } from "./globals.js";
import assert from "node:assert/strict";
import test from "node:test";

const { closeSession, go, href, openSession, route, setParams, takePlace } = await import("../lib/router.js");
const { chosen, toggle } = await import("../components/filter-bar.js");

function visit(hash) {
  location.hash = hash;
  dispatch("hashchange");
  return route.value;
}

test("an address says page and parameters", () => {
  for (const [hash, page, params] of [
    ["", "overview", {}],
    ["#/", "overview", {}],
    ["#/sources", "sources", {}],
    ["#/usage?range=7d&by=agent", "usage", { range: "7d", by: "agent" }],
    ["#/nowhere", "overview", {}],
    ["#/?q=a+b&sort=cost", "overview", { q: "a b", sort: "cost" }],
    ["#/?q=%ED%95%9C", "overview", { q: "한" }],
    ["#/sources?open=x", "sources", { open: "x" }],
    ["#/?q=%zz", "overview", { q: "%zz" }],
    ["#/?q=a&q=b", "overview", { q: "b" }],
    ["#/sessions/agent%3Amain%3Amain", "session", { key: "agent:main:main" }],
    ["#/sessions/a%2Fb%3F%23?at=lab&tab=runs", "session", { key: "a/b?#", at: "lab", tab: "runs" }],
    ["#/sessions/%E0%A4%A", "session", { key: "%E0%A4%A" }],
    ["#/sessions/", "overview", {}],
    ["#/?open=agent%3Amain%3Amain&at=lab&q=x", "session", { key: "agent:main:main", at: "lab" }],
  ])
    assert.deepEqual(visit(hash), { page, params }, hash);
});

test("what is written is read again", () => {
  for (const params of [
    {},
    { q: "agent:ops cost>1" },
    { q: "한국어 & = ? # %" },
    { status: "active,idle", type: "main" },
  ]) {
    assert.deepEqual(visit(href("overview", params)), { page: "overview", params });
  }
  assert.deepEqual(visit(href("sources")), { page: "sources", params: {} });
  for (const params of [
    { key: "agent:main:telegram:direct:+82?x#y/z%41" },
    { key: "한국어 키", at: "lab", find: "a&b" },
  ])
    assert.deepEqual(visit(href("session", params)), { page: "session", params });
});

test("who closes a session comes back to where it was opened, once to the place", () => {
  visit("#/?q=ops");
  globalThis.scrollY = 700;
  openSession({ key: "k" });
  dispatch("hashchange");
  openSession({ key: "other" });
  dispatch("hashchange");
  closeSession();
  dispatch("hashchange");
  assert.equal(location.hash, "#/?q=ops");
  assert.deepEqual(takePlace(), { y: 700, key: "k" });
  assert.deepEqual(takePlace(), { y: 0, key: null });
  visit("#/usage");
  visit("#/sessions/k");
  closeSession();
  assert.equal(location.hash, "#/usage");
});

test("empty parameters are left out", () => {
  assert.equal(href("overview", { q: null, status: "", type: undefined, sort: "cost" }), "#/?sort=cost");
  assert.equal(href("overview"), "#/");
});

test("parameters change in place and keep the others", () => {
  visit("#/?q=a&sort=cost");
  setParams({ q: "b" });
  assert.deepEqual(route.value.params, { q: "b", sort: "cost" });
  setParams({ sort: null });
  assert.deepEqual([route.value.params, location.hash], [{ q: "b" }, "#/?q=b"]);
});

test("parameters are those of the address, also before its change is told", () => {
  visit("#/?q=a&sort=cost");
  location.hash = "#/sources";
  setParams({ sort: null });
  assert.deepEqual([location.hash, route.value], ["#/sources", { page: "sources", params: {} }]);
});

test("going to a page", () => {
  go("sources");
  assert.equal(location.hash, "#/sources");
});

test("chips: a comma list, one word in or out; unknown words are no chips", () => {
  assert.equal(toggle([], "active"), "active");
  assert.equal(toggle(["active"], "idle"), "active,idle");
  assert.equal(toggle(["active", "idle"], "active"), "idle");
  assert.equal(toggle(["active"], "active"), null);
  assert.deepEqual(chosen({ q: "x", status: "active,nonsense", type: "cron" }), {
    text: "x",
    statuses: ["active"],
    types: ["cron"],
  });
  assert.deepEqual(chosen({}), { text: "", statuses: [], types: [] });
});
