// The two streaming formats that OpenClaw asks model providers for: OpenAI chat completions and Anthropic messages.
// Each takes an answer (`id`, `model`, `pieces` of text or a tool `call`, `usage`) and gives server-sent events; the
// pieces may come slowly.

/** OpenAI chat completions: the prompt's count includes what was read from the cache. */
export async function* openai({ id, model, pieces, call, usage }) {
  const chunk = (delta, finish = null, more = {}) =>
    event({
      id,
      object: "chat.completion.chunk",
      created: Math.floor(Date.now() / 1000),
      model,
      choices: [{ index: 0, delta, finish_reason: finish }],
      ...more,
    });
  yield chunk({ role: "assistant", content: "" });
  const asked = () => ({ name: call.name, arguments: JSON.stringify(call.input) });
  if (call) yield chunk({ tool_calls: [{ index: 0, id: `call_${id}`, type: "function", function: asked() }] });
  else for await (const content of pieces) yield chunk({ content });
  const prompt = usage.input + usage.cacheRead;
  yield chunk({}, call ? "tool_calls" : "stop", {
    usage: {
      prompt_tokens: prompt,
      completion_tokens: usage.output,
      total_tokens: prompt + usage.output,
      prompt_tokens_details: { cached_tokens: usage.cacheRead },
    },
  });
  yield event("[DONE]");
}

/** Anthropic messages: input, cache reads and cache writes are counted apart. */
export async function* anthropic({ id, model, pieces, call, usage }) {
  const counts = {
    input_tokens: usage.input,
    output_tokens: usage.output,
    cache_read_input_tokens: usage.cacheRead,
    cache_creation_input_tokens: usage.cacheWrite,
  };
  const named = (type, rest) => event({ type, ...rest }, type);
  yield named("message_start", {
    message: {
      id,
      type: "message",
      role: "assistant",
      model,
      content: [],
      stop_reason: null,
      usage: { ...counts, output_tokens: 1 },
    },
  });
  const block = call ? { type: "tool_use", id: `toolu_${id}`, name: call.name, input: {} } : { type: "text", text: "" };
  yield named("content_block_start", { index: 0, content_block: block });
  const delta = (value) => named("content_block_delta", { index: 0, delta: value });
  if (call) yield delta({ type: "input_json_delta", partial_json: JSON.stringify(call.input) });
  else for await (const text of pieces) yield delta({ type: "text_delta", text });
  yield named("content_block_stop", { index: 0 });
  yield named("message_delta", { delta: { stop_reason: call ? "tool_use" : "end_turn" }, usage: counts });
  yield named("message_stop", {});
}

function event(data, name) {
  return `${name ? `event: ${name}\n` : ""}data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
}
