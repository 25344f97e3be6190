// The audit log as the page keeps it.
import { replace } from "./globals.js";
import assert from "node:assert/strict";
import test from "node:test";

const { again, entries, next, older } = await import("../lib/audit-store.js");

test("a page that is asked for twice is shown once", async (context) => {
  const pages = { "": { entries: [{ id: "3" }], next: "3" }, 3: { entries: [{ id: "2" }, { id: "1" }], next: null } };
  replace(context, "fetch", async (path) => {
    const before = new URL(path, "http://here").searchParams.get("before") ?? "";
    return new Response(JSON.stringify(pages[before]), { headers: { date: new Date().toUTCString() } });
  });
  await again();
  await Promise.all([older(), older()]);
  assert.deepEqual([entries.value.map(({ id }) => id), next.value], [["3", "2", "1"], null]);
});
