// What the server says of an opened session, made up for a test: everything that the panels draw.
import en from "../../web/lib/words-panels-en.js";
import ko from "../../web/lib/words-panels-ko.js";
import { region } from "../support/page.mjs";

/** A session that the demo has. */
export const KEY = "agent:forge:main";
export const NOW = Date.UTC(2026, 10, 27, 12, 0, 0);
const MINUTE = 60_000;
export const MODEL = "anthropic/claude-opus-4-5";

export const step = (kind, name, from, to, given = {}) => ({
  kind,
  name,
  detail: null,
  startedAt: from,
  endedAt: to,
  error: null,
  exitCode: kind === "tool" ? 0 : null,
  tokens: kind === "model" ? 12_345 : null,
  cost: kind === "model" ? 0.0912345 : null,
  childKey: null,
  ...given,
});

export const run = (id, from, ms, given = {}) => ({
  id,
  startedAt: from,
  endedAt: from + ms,
  state: "done",
  trigger: "user",
  prompt: `prompt of ${id}`,
  calls: 2,
  tools: 1,
  errors: 0,
  tokens: 40_123,
  cost: 0.12,
  steps: [
    step("model", MODEL, from, from + ms * 0.4),
    step("tool", "read", from + ms * 0.4, from + ms * 0.5, { detail: "src/lib.rs" }),
    step("model", MODEL, from + ms * 0.6, from + ms),
  ],
  stepsOmitted: 0,
  ...given,
});

/** A run with one of everything. */
export function everyStep(from, childKey) {
  const at = (minute) => from + minute * MINUTE;
  const steps = [
    step("model", MODEL, at(0), at(2)),
    step("tool", "edit", at(2), at(3), { detail: "src/backoff.rs" }),
    step("model", MODEL, at(3), at(4), { error: "429 too many requests" }),
    step("wait", "retry", at(4), at(6)),
    step("tool", "exec", at(6), at(7), { detail: "cargo test", exitCode: 101, error: "2 tests failed" }),
    step("subagent", "sessions_spawn", at(8), at(20), { detail: "write tests", childKey }),
    step("compaction", "compaction", at(21), at(21)),
  ];
  return run("all", from, 30 * MINUTE, { steps, calls: 2, tools: 3, errors: 2 });
}

export function turns(count, given = {}) {
  return Array.from({ length: count }, (_, n) => ({
    at: NOW - (count - n) * MINUTE,
    model: MODEL,
    contextTokens: Math.min(182_000, 20_000 + n * 1200),
    inputTokens: 1000,
    outputTokens: 400,
    cacheReadTokens: 118_000,
    cacheWriteTokens: 900,
    cost: 0.25,
    stop: "toolUse",
    error: null,
    ...given,
  }));
}

export const relative = (key, parentKey, depth, given = {}) => ({
  key,
  parentKey,
  depth,
  label: null,
  taskName: key,
  sessionType: depth === 0 ? "main" : "subagent",
  status: "idle",
  runState: "idle",
  stuckSinceMs: null,
  tokens: 1_000_000,
  cost: 1,
  gone: false,
  ...given,
});

/** The whole answer; what a test is about is given. */
export function detail(key, given = {}) {
  const list = given.turns ?? turns(10);
  const cost = list.reduce((sum, one) => sum + (one.cost ?? 0), 0);
  return {
    key,
    installation: "demo",
    agentId: "forge",
    session: null,
    gone: false,
    messages: "on",
    label: "a session made up",
    sessionType: "main",
    usage: {
      calls: list.length,
      errors: 0,
      aborted: 0,
      inputTokens: 1000,
      outputTokens: 400,
      cacheReadTokens: 118_000,
      cacheWriteTokens: 900,
      cost,
    },
    usageByModel: [],
    firstCallAt: list[0]?.at ?? null,
    lastCallAt: list.at(-1)?.at ?? null,
    turns: list,
    turnsOmitted: 0,
    contextWindow: 200_000,
    errors: [],
    errorsOmitted: 0,
    runs: [run("first", NOW - 180 * MINUTE, 5 * MINUTE), everyStep(NOW - 60 * MINUTE, "agent:forge:subagent:child")],
    runsBefore: null,
    compactions: [],
    tools: [{ name: "exec", calls: 41, errors: 3, durationMs: 1_290_000 }],
    readBytes: 100,
    ofBytes: 100,
    family: [relative(key, null, 0)],
    familyOmitted: 0,
    branch: { sessions: 1, tokens: 1_000_000, cost: 1, withoutCost: 0 },
    wholeFamily: { sessions: 1, tokens: 1_000_000, cost: 1, withoutCost: 0 },
    transcripts: [],
    ...given,
  };
}

/** The page of a session of which the server says `said`; `asked` are the cursors of earlier runs. */
export const openSession = (here) =>
  async function open(context, said = {}, { tab, prepare, logs, ...options } = {}) {
    const asked = [];
    const page = await here.open(context, {
      ...options,
      ready: false,
      hash: `#/sessions/${encodeURIComponent(KEY)}${tab ? `?tab=${tab}` : ""}`,
      prepare: async (one) => {
        await prepare?.(one);
        await one.route(/\/api\/sessions\/[^/?]+(\?|$)/, (route) => route.fulfill({ json: detail(KEY, said) }));
        await one.route(/\/api\/sessions\/[^/]+\/runs/, (route) => {
          asked.push(new URL(route.request().url()).searchParams.get("before"));
          return route.fulfill({
            json: {
              runs: [run("earlier", NOW - 9e7, 60_000)],
              runsBefore: null,
              compactions: [{ at: NOW - 9e7 + 1, tokensBefore: 9e4, tokensAfter: 3e4 }],
            },
          });
        });
        await one.route(/\/api\/sessions\/[^/]+\/messages/, (route) =>
          route.fulfill({ json: { messages: [], before: null, after: "1", reset: false, searched: null, masked: 0 } }),
        );
        if (logs) {
          await one.route(/\/api\/sessions\/[^/]+\/logs/, (route) =>
            route.fulfill(logs(Object.fromEntries(new URL(route.request().url()).searchParams))),
          );
        }
      },
    });
    await region(page, (options.language === "ko" ? ko : en).pTimeline).waitFor();
    return Object.assign(page, { asked });
  };
