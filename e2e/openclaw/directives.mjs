// What the mock model provider is to answer: read from lines that start with `@` in the newest user message.
//
//   @say TEXT                           answer exactly TEXT
//   @usage IN OUT CACHEREAD CACHEWRITE  report these token counts (CACHEWRITE: Anthropic API only)
//   @exec COMMAND                       ask for the tool `exec`
//   @spawn LABEL | TASK                 ask for the tool `sessions_spawn` (" ;; " in TASK is a line break)
//   @hold                               go on writing until the test releases it
//   @error STATUS                       answer with this HTTP status
//   @as NAME                            what the test calls this session, for the record; holds from there on
const START = String.raw`(?:^|\n|\] |\]: )@`;
const DIRECTIVE = new RegExp(`${START}\\w`);
const INTERNAL = /<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>>.*?<<<END_OPENCLAW_INTERNAL_CONTEXT>>>/gs;
const TOOL_RESULT = Symbol("a tool's result");

/** The plan for one request: text or tool call, whether to hold it, error and the tokens to report. */
export function plan(body) {
  const messages = body.messages ?? [];
  const { text, afterTool } = newestRequest(messages);
  const directive = (name) => text.match(new RegExp(`${START}${name}\\b ?(.*)`))?.[1].trim();
  const tools = (body.tools ?? []).map((tool) => tool.name ?? tool.function?.name);
  const call = afterTool ? null : toolCall(directive, tools);
  const answer = call ? "" : (directive("say") ?? `Understood: ${text.length} characters.`);
  return {
    text: answer,
    call,
    hold: !afterTool && directive("hold") !== undefined,
    error: directive("error") ? Number.parseInt(directive("error"), 10) : null,
    usage: usage(directive("usage"), messages.length, answer.length + (call ? 160 : 0)),
  };
}

/** What the test calls the session that asks. */
export function nameOf(body) {
  const user = (body.messages ?? [])
    .filter((message) => message.role === "user")
    .map((message) => textOf(message.content));
  return user.join("\n").match(new RegExp(`.*${START}as (\\S+)`, "s"))?.[1] ?? null;
}

function toolCall(directive, tools) {
  const spawn = directive("spawn");
  if (spawn && tools.includes("sessions_spawn")) {
    const [label, task] = spawn.split("|").map((part) => part.trim());
    return { name: "sessions_spawn", input: { task: task.replaceAll(" ;; ", "\n"), label, mode: "run" } };
  }
  const command = directive("exec");
  return command && tools.includes("exec") ? { name: "exec", input: { command } } : null;
}

/** Asked for, or made from the length of the conversation: no two calls of a session are alike. */
function usage(wanted, messages, answered) {
  const [input, output, cacheRead = 0, cacheWrite = 0] = wanted?.split(/\s+/).map(Number) ?? [
    1000 + 10 * messages,
    12 + Math.floor(answered / 4),
    messages > 2 ? 200 : 0,
  ];
  return { input, output, cacheRead, cacheWrite };
}

/** What the user side said since the last finished answer, and whether a tool has answered since. */
function newestRequest(messages) {
  const said = [];
  for (const message of messages.toReversed()) {
    if (isToolResult(message)) said.push(TOOL_RESULT);
    else if (message.role === "user") said.push(textOf(message.content).replaceAll(INTERNAL, "").trim());
    else if (message.role === "assistant" && !asksForTool(message)) break;
  }
  const at = said.findIndex((one) => one !== TOOL_RESULT && DIRECTIVE.test(one));
  const newer = at < 0 ? said : said.slice(0, at);
  const text =
    at < 0
      ? said
          .filter((one) => one !== TOOL_RESULT)
          .toReversed()
          .join("\n")
      : said[at];
  return { text, afterTool: newer.includes(TOOL_RESULT) };
}

const parts = (content) => (Array.isArray(content) ? content : []);
const isToolResult = ({ role, content }) =>
  role === "tool" || (role === "user" && parts(content).some((part) => part.type === "tool_result"));
const asksForTool = (message) =>
  Boolean(message.tool_calls) || parts(message.content).some((part) => part.type === "tool_use");

function textOf(content) {
  if (typeof content === "string") return content;
  return parts(content)
    .filter((part) => part.type === "text")
    .map((part) => part.text)
    .join("\n");
}
