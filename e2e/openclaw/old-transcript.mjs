// The lines of one transcript: a header, then for every call a question and an answer with its usage and cost.
const MINUTE = 60_000;

export function transcript({ id, lastAt, calls, provider, model, prices }) {
  const startedAt = lastAt - calls.length * MINUTE;
  const lines = [
    { type: "session", version: 3, id, timestamp: iso(startedAt), cwd: "/tmp" },
    { type: "model_change", id: entryId(0), parentId: null, timestamp: iso(startedAt), provider, modelId: model },
  ];
  const add = (message, at) =>
    lines.push({
      type: "message",
      id: entryId(lines.length),
      parentId: lines.at(-1).id,
      timestamp: iso(at),
      message: { ...message, timestamp: at },
    });
  calls.forEach((call, turn) => {
    const at = startedAt + (turn + 1) * MINUTE;
    add({ role: "user", content: [{ type: "text", text: `Question ${turn} of ${id}` }] }, at - 5000);
    add(
      {
        role: "assistant",
        content: [{ type: "text", text: answerOf(turn) }],
        api: "openai-completions",
        provider,
        model,
        usage: withCost(call.usage, prices),
        stopReason: "stop",
        responseId: `response-${id}-${turn}`,
      },
      at,
    );
  });
  return lines;
}

/** Every third answer is long enough for OpenClaw to pack its row. */
function answerOf(turn) {
  const sentence = `Answer ${turn} goes on about the same thing. `;
  return sentence.repeat(turn % 3 === 0 ? 120 : 2);
}

function withCost(usage, prices) {
  const cost = Object.fromEntries(Object.entries(usage).map(([kind, count]) => [kind, (count * prices[kind]) / 1e6]));
  const total = Object.values(cost).reduce((sum, part) => sum + part, 0);
  const totalTokens = Object.values(usage).reduce((sum, count) => sum + count, 0);
  return { ...usage, totalTokens, cost: { ...cost, total } };
}

const iso = (ms) => new Date(ms).toISOString();
const entryId = (number) => number.toString(16).padStart(8, "0");
