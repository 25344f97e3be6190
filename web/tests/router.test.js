// The address: pages and filters, there and back.
import { dispatch } from "./globals.js";
import assert from "node:assert/strict";
import test from "node:test";

const { go, href, route, setParams } = await import("../lib/router.js");
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
  ])
    assert.deepEqual(visit(hash), { page, params }, hash);
});

test("what is written is read again", () => {
  for (const params of [
    {},
    { q: "agent:ops cost>1" },
    { q: "한국어 & = ? # %" },
    { status: "active,idle", type: "main" },
    { open: "agent:main:telegram:direct:+82?x#y" },
  ]) {
    assert.deepEqual(visit(href("overview", params)), { page: "overview", params });
  }
  assert.deepEqual(visit(href("sources")), { page: "sources", params: {} });
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
  visit("#/?q=a&open=x");
  location.hash = "#/sources";
  setParams({ open: null });
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
