// State directories as OpenClaw keeps them, made for a test and thrown away after it.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { whenDone } from "./undo.mjs";

/** A session's entry of `sessions.json`. */
export function entry(number, given = {}) {
  return {
    sessionId: `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`,
    updatedAt: Date.now() - number * 1000,
    model: "claude-haiku-4-5",
    modelProvider: "anthropic",
    contextTokens: 200_000,
    inputTokens: 1000 + number,
    outputTokens: 10 + number,
    totalTokens: 500 + number,
    totalTokensFresh: true,
    label: `session ${String(number).padStart(4, "0")}`,
    ...given,
  };
}

/** A state directory with these sessions: an object of entries by key, per agent. */
export async function stateDir(context, agents) {
  const folder = await mkdtemp(path.join(tmpdir(), "factory-dashboard-state-"));
  whenDone(context, () => rm(folder, { recursive: true, force: true }));
  for (const [agent, sessions] of Object.entries(agents)) {
    const place = path.join(folder, "agents", agent, "sessions");
    await mkdir(place, { recursive: true });
    await writeFile(path.join(place, "sessions.json"), JSON.stringify(sessions));
  }
  return folder;
}
