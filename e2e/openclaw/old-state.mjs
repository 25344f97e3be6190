// A state folder as OpenClaw left it before it kept sessions in databases: 40 sessions of three agents with 2,000
// model calls, whose tokens and costs are known because they are made here. The same every time, but for the dates.
import fs from "node:fs";
import path from "node:path";
import { AGENTS, PRICES } from "./config.mjs";
import { transcript } from "./old-transcript.mjs";

const SESSIONS = 40;
const CALLS = 50;
const DAY = 86_400_000;
const MODEL_OF = Object.fromEntries(AGENTS.map((agent) => [agent.id, agent]));

/** Every fifth session is a subagent, every fifth a job, and so on; the later half has slept for weeks. */
const KINDS = [
  (id) => `subagent:${id}`,
  (id) => `cron:${id}`,
  (id, place) => `discord:group:room-${place}`,
  (id, place) => `telegram:direct:person-${place}`,
  (id, place) => (place < AGENTS.length * KINDS.length ? "main" : `work-${place}`),
];

/** Writes the state and gives its sessions: `{key, agent, calls: [{model, usage, completed}]}`. */
export function writeOldState(stateDir, now = Date.now()) {
  const sessions = Array.from({ length: SESSIONS }, (_, place) => makeSession(place, now));
  for (const { id: agent } of AGENTS) {
    const folder = path.join(stateDir, "agents", agent, "sessions");
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const own = sessions.filter((session) => session.agent === agent);
    for (const session of own) writeTranscript(path.join(folder, `${session.id}.jsonl`), session);
    const index = Object.fromEntries(own.map((session) => [session.key, entryOf(session, folder)]));
    fs.writeFileSync(path.join(folder, "sessions.json"), JSON.stringify(index, null, 2), { mode: 0o600 });
  }
  return sessions;
}

function makeSession(place, now) {
  const { id: agent, model } = AGENTS[place % AGENTS.length];
  const id = `00000000-0000-4000-8000-${String(place).padStart(12, "0")}`;
  const kind = KINDS[place % KINDS.length](id, place);
  const age = place < SESSIONS / 2 ? place * 0.2 * DAY : (40 + place) * DAY;
  const calls = Array.from({ length: CALLS }, (_, turn) => ({
    model,
    usage: usageOf(place * CALLS + turn),
    completed: true,
  }));
  return { id, agent, key: `agent:${agent}:${kind}`, label: `work ${place}`, lastAt: Math.floor(now - age), calls };
}

/** Numbers without a pattern, from the number of the call. */
function usageOf(seed) {
  const noise = (salt, limit) => ((seed * 2_654_435_761 + salt * 40_503) % 1_000_003) % limit;
  return {
    input: 1 + noise(1, 4000),
    output: 1 + noise(2, 900),
    cacheRead: noise(3, 50_000),
    cacheWrite: noise(4, 3000),
  };
}

function entryOf(session, folder) {
  const { provider, model } = MODEL_OF[session.agent];
  return {
    sessionId: session.id,
    updatedAt: session.lastAt,
    sessionStartedAt: session.lastAt - DAY / 2,
    lastInteractionAt: session.lastAt,
    sessionFile: path.join(folder, `${session.id}.jsonl`),
    status: "done",
    abortedLastRun: false,
    label: session.label,
    modelProvider: provider,
    model,
    contextTokens: 200_000,
    ...(session.key.includes(":subagent:") ? { spawnedBy: `agent:${session.agent}:main`, spawnDepth: 1 } : {}),
  };
}

function writeTranscript(file, session) {
  const { provider, model } = MODEL_OF[session.agent];
  const lines = transcript({ ...session, provider, model, prices: PRICES[model] });
  fs.writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""), { mode: 0o600 });
  const seconds = session.lastAt / 1000;
  fs.utimesSync(file, seconds, seconds);
}
