// Sessions with their transcripts, as OpenClaw writes them: what was said is the test's, the rest is made up.
import { appendFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { entry, stateDir } from "./state.mjs";

const text = (words) => ({ type: "text", text: words });
const usage = { input: 1200, output: 34, cacheRead: 56_000, cacheWrite: 0, totalTokens: 57_234 };
const price = { input: 0.006, output: 0.00085, cacheRead: 0.0028, cacheWrite: 0, total: 0.00965 };

/** Messages, in the form in which they stand in a record; `content` is a text or parts. */
export const user = (content) => ({ role: "user", content: typeof content === "string" ? [text(content)] : content });
export const assistant = (content, more = {}) => ({
  role: "assistant",
  content: typeof content === "string" ? [text(content)] : content,
  api: "anthropic-messages",
  provider: "anthropic",
  model: "claude-haiku-4-5",
  usage: { ...usage, cost: price },
  stopReason: "stop",
  ...more,
});
export const call = (id, name, given) => ({ type: "toolCall", id, name, arguments: given });
export const result = (toolCallId, toolName, words, { isError = false, ...details } = {}) => ({
  role: "toolResult",
  toolCallId,
  toolName,
  content: [text(words)],
  details: { status: "completed", ...details },
  isError,
});
export { text };

/** A transcript that grows: `add` writes further messages (or whole records) behind what is there. */
export class Transcript {
  #file;
  #last = null;
  #count = 0;
  #at;

  constructor(file, at = Date.now() - 3_600_000) {
    this.#file = file;
    this.#at = at;
  }

  #lines(messages) {
    return messages.map((message) => {
      this.#count += 1;
      this.#at = Math.min(Date.now(), this.#at + 1000);
      const id = String(this.#count).padStart(8, "0");
      const timestamp = new Date(this.#at).toISOString();
      const record = message.role ? { type: "message", message: { ...message, timestamp: this.#at } } : message;
      const line = JSON.stringify({ ...record, id, parentId: this.#last, timestamp });
      this.#last = id;
      return `${line}\n`;
    });
  }

  async begin(sessionId, messages) {
    const head = { type: "session", version: 3, id: sessionId, timestamp: new Date(this.#at).toISOString(), cwd: "/w" };
    await writeFile(this.#file, [`${JSON.stringify(head)}\n`, ...this.#lines(messages)].join(""));
    return this;
  }

  add(...messages) {
    return appendFile(this.#file, this.#lines(messages).join(""));
  }
}

/**
 * A state directory of one agent with these sessions: `{ key: { messages, ...entry } }`.
 * Gives the folder and the transcripts by key.
 */
export async function talks(context, sessions, agent = "main") {
  const rows = Object.entries(sessions).map(([key, { messages, ...given }], place) => ({
    key,
    messages,
    row: entry(place + 1, given),
  }));
  const folder = await stateDir(context, { [agent]: Object.fromEntries(rows.map(({ key, row }) => [key, row])) });
  const transcripts = {};
  for (const { key, row, messages } of rows) {
    const file = path.join(folder, "agents", agent, "sessions", `${row.sessionId}.jsonl`);
    if (messages) transcripts[key] = await new Transcript(file).begin(row.sessionId, messages);
  }
  return { folder, transcripts };
}
