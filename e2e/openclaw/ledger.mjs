// What the ledger says was spent (`GET /api/usage`), against the provider's own record. Each call of the record is
// `{key, model, usage, completed, error}`; `key` is the session's.
import assert from "node:assert/strict";
import { getJson } from "../support/page.mjs";
import { answered, closeTo, dollarsOf, tokensOf, tokensShown } from "./truth.mjs";

/** How long a program may take to read its sources again on a busy machine. */
const READING_MS = 30_000;

/** How the API names a group, and what belongs to it. */
const DIMENSIONS = { session: (call) => call.key, type: (call) => typeOf(call.key), model: (call) => call.model };

const ask = (dashboard, by) => getJson(dashboard.url, `api/usage?from=all&bucket=total${by ? `&by=${by}` : ""}`);

/** The sum over everything. */
export async function totalsEqual(dashboard, calls) {
  const answer = await ask(dashboard);
  sameFigures(answer.totals, calls, "the ledger's totals");
  assert.deepEqual(answer.ledger, { status: "ok", detail: "" });
}

/** By session, by type and by model: the same groups, each with its own sum. */
export async function groupsEqual(dashboard, calls) {
  for (const [by, nameOf] of Object.entries(DIMENSIONS)) {
    const answer = await ask(dashboard, by);
    const expected = groupedBy(calls, nameOf);
    assert.deepEqual(answer.groups.map((group) => group[by]).sort(), [...expected.keys()].sort(), `by ${by}`);
    answer.groups.forEach((group, place) =>
      sameFigures(answer.groupTotals[place], expected.get(group[by]), `${by} ${group[by]}`),
    );
    assert.equal(answer.groupsLeftOut, 0);
  }
}

/** From the first answer of a program that has just started, until it has read its sources again. */
export async function totalsStay(dashboard, calls) {
  const end = Date.now() + READING_MS;
  for (;;) {
    const answer = await ask(dashboard);
    sameFigures(answer.totals, calls, `the ledger while it is ${answer.ledger.status}`);
    if (answer.ledger.status !== "catching-up") return;
    assert.ok(Date.now() < end, "the sources are read in time");
  }
}

function sameFigures(shown, calls, what) {
  assert.deepEqual(tokensShown(shown), tokensOf(calls), what);
  const { calls: count, errors, aborted, unpricedCalls } = shown;
  assert.deepEqual(
    { count, errors, aborted, unpricedCalls },
    { count: calls.length, errors: calls.length - answered(calls).length, aborted: 0, unpricedCalls: 0 },
    what,
  );
  closeTo(shown.cost, dollarsOf(calls), what);
}

function groupedBy(calls, nameOf) {
  const groups = new Map();
  for (const call of calls) groups.set(nameOf(call), [...(groups.get(nameOf(call)) ?? []), call]);
  return groups;
}

/** What a session is, by its key. */
function typeOf(key) {
  if (key.includes(":subagent:")) return "subagent";
  return key.includes(":cron:") ? "cron" : "main";
}
