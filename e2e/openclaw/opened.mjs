// What an opened session says, held against what OpenClaw itself tells of it: the conversation turn by turn, its runs
// and family, and the log.
import assert from "node:assert/strict";
import { startDashboard } from "../support/dashboard.mjs";
import { eventually, getJson } from "../support/page.mjs";
import { answered, tokensOf } from "./truth.mjs";
import { PATIENCE_MS } from "./world.mjs";

const sessionPath = (key, rest = "") => `api/sessions/${encodeURIComponent(key)}${rest}`;

/** Roles, texts and tool calls, as both sides tell them. */
function told(role, parts, callId) {
  const said = parts.map((part) =>
    part.type === "toolCall" ? ["toolCall", part.callId ?? part.id, part.name] : [part.type, part.text],
  );
  return { role, said, ...(callId ? { callId } : {}) };
}

const ROLES = { user: "user", assistant: "assistant", tool: "toolResult" };

/** The whole conversation as the dashboard tells it, put together from pages of this size. */
async function conversationOf(dashboard, key, limit = 7) {
  let messages = [];
  let before = "";
  do {
    const page = await getJson(dashboard.url, sessionPath(key, `/messages?limit=${limit}${before}`));
    messages = [...page.messages, ...messages];
    before = page.before && `&before=${page.before}`;
  } while (before);
  return messages;
}

/** Of the notes OpenClaw's history has those that are for people. */
function asHistory(messages) {
  const custom = (text) => told("custom", [{ type: "text", text }]);
  return messages.flatMap((message) => {
    if (message.note === "unanswered") return [custom(`This turn ended before a reply: ${message.detail}`)];
    if (message.note === "other") return [custom(message.detail)];
    return message.kind === "note" ? [] : [told(ROLES[message.kind], message.parts, message.callId)];
  });
}

async function historyOf(lab, key) {
  const { messages } = await lab.call("chat.history", { sessionKey: key, limit: 200 });
  const parts = ({ content }) => (typeof content === "string" ? [{ type: "text", text: content }] : content);
  return messages.map((message) => told(message.role, parts(message), message.toolCallId));
}

/** Every session whose turns all ended: tools, subagents, a job. */
export async function testConversation(world) {
  for (const name of ["main", "research", "literature", "custom", "kept"]) {
    const key = world.keys[name];
    await eventually(async () => {
      const shown = asHistory(await conversationOf(world.dashboard, key));
      assert.deepEqual(shown, await historyOf(world.lab, key), `${world.version}: ${name}`);
    }, PATIENCE_MS);
    const once = asHistory(await conversationOf(world.dashboard, key, 200));
    assert.deepEqual(asHistory(await conversationOf(world.dashboard, key, 1)), once, "pages of any size agree");
  }
}

/** A failed turn has the provider's words and no invented text. */
export async function testFailedTurn(world) {
  const messages = await conversationOf(world.dashboard, world.keys.failing);
  const failed = messages.filter((message) => message.stop === "error");
  assert.ok(failed.length > 0);
  for (const message of failed) assert.match(message.error, /400 mock provider error/);
  const detail = await getJson(world.dashboard.url, sessionPath(world.keys.failing));
  const calls = world.callsOf("failing");
  assert.deepEqual(
    detail.errors.map(({ count, wastedTokens }) => [count, wastedTokens]),
    [[calls.length, 0]],
  );
  assert.match(detail.errors[0].message, /400 mock provider error/);
  assert.equal(detail.runs.at(-1).state, "failed");
}

/** Usage, turns, runs, tools and family of a session that used a tool, and of one that spawned another. */
export async function testDetail(world) {
  const main = await getJson(world.dashboard.url, sessionPath(world.keys.main));
  const calls = answered(world.callsOf("main"));
  const sum = (of) => calls.reduce((all, call) => all + of(call), 0);
  assert.deepEqual(
    [main.usage.calls, main.usage.inputTokens, main.usage.outputTokens],
    [calls.length, sum((call) => call.usage.input), sum((call) => call.usage.output)],
  );
  assert.equal(main.turns.length, calls.length);
  const exec = main.runs.flatMap((run) => run.steps).find((step) => step.name === "exec");
  assert.deepEqual([exec.kind, exec.detail, exec.exitCode, exec.error], ["tool", "echo tool-output", 0, null]);
  assert.ok(exec.endedAt >= exec.startedAt);
  assert.deepEqual(
    main.runs.filter((run) => run.steps.includes(exec)).map((run) => [run.state, run.tools]),
    [["done", 1]],
  );
  const research = await getJson(world.dashboard.url, sessionPath(world.keys.research));
  const spawned = research.runs.flatMap((run) => run.steps).filter((step) => step.kind === "subagent");
  assert.ok(spawned.some((step) => step.childKey === world.keys.literature));
  const relatives = research.family.map((one) => [one.key, one.depth]);
  assert.deepEqual(relatives[0], [world.keys.research, 0]);
  assert.ok(relatives.some(([key, depth]) => key === world.keys.literature && depth === 1));
}

/** The file that the settings name, and the gateway where no file is at hand: both tell of the session. */
export async function testLog(world, context) {
  const ask = (dashboard, query) => getJson(dashboard.url, sessionPath(world.keys.main, `/logs?${query}`));
  const all = await ask(world.dashboard, "scope=gateway&level=trace&limit=1000");
  assert.deepEqual([all.source, all.file, all.problem], ["file", "openclaw.log", null]);
  assert.ok(all.lines.length > 10);
  assert.ok(!JSON.stringify(all).includes(world.lab.token), "the gateway's token is in no line");
  const warned = await ask(world.dashboard, "scope=gateway&level=warn&limit=1000");
  const grave = all.lines.filter((line) => ["warn", "error", "fatal"].includes(line.level));
  assert.deepEqual(warned.lines.slice(0, grave.length), grave, "a level is a part of all");
  const later = await ask(world.dashboard, `scope=gateway&level=trace&after=${all.after}`);
  assert.ok(later.lines.length < all.lines.length, "what was told is not told again");
  const alone = await startDashboard(
    [
      "serve",
      "--state-dir",
      `far=${world.lab.home}/nowhere`,
      "--source",
      "gateway",
      "--gateway",
      `ws://127.0.0.1:${world.lab.port}`,
    ],
    { context, env: { OPENCLAW_GATEWAY_TOKEN: world.lab.token } },
  );
  await eventually(async () => {
    const told = await ask(alone, "scope=gateway&level=trace&limit=1000");
    assert.deepEqual([told.source, told.problem], ["gateway", null]);
    assert.ok(told.lines.length > 10);
    assert.ok(!JSON.stringify(told).includes(world.lab.token));
  }, PATIENCE_MS);
}

/** A subagent that was deleted keeps its place in the family, and what it used. */
export async function testFamilyStays(world) {
  const { family, wholeFamily } = await getJson(world.dashboard.url, sessionPath(world.keys.research));
  const deleted = family.find(({ key }) => key === world.keys.literature);
  const tokens = tokensOf(world.callsOf("literature")).reduce((sum, count) => sum + count, 0);
  assert.deepEqual(
    [deleted?.gone, deleted?.depth, deleted?.label, deleted?.tokens],
    [true, 1, "literature", tokens],
    "the deleted subagent",
  );
  assert.equal(
    wholeFamily.tokens,
    family.reduce((sum, one) => sum + one.tokens, 0),
  );
}

/** A deleted session is still told: its spend by the ledger, what was said while its transcript lies there. */
export async function testDeletedStays(world, name, spent) {
  const detail = await getJson(world.dashboard.url, sessionPath(world.keys[name]));
  assert.deepEqual([detail.gone, detail.session, detail.usage.calls], [true, null, spent.length]);
}
