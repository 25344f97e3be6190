// OpenClaw's configuration for a test: three agents on the mock provider, with the prices that costs are checked with.
import path from "node:path";

/** US dollars per million tokens. */
export const PRICES = {
  "claude-opus-4-5": { input: 5, output: 25, cacheRead: 0.5, cacheWrite: 6.25 },
  "gpt-5-mini": { input: 1, output: 4, cacheRead: 0.1, cacheWrite: 1.25 },
  "claude-sonnet-4-5": { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
};

export const AGENTS = [
  { id: "main", provider: "mock", model: "claude-opus-4-5" },
  { id: "research", provider: "mock-anthropic", model: "claude-sonnet-4-5" },
  { id: "ops", provider: "mock", model: "gpt-5-mini" },
];

/** The content of `openclaw.json`. */
export function configuration({ version, home, port, token, providerUrl, extra = {} }) {
  return {
    gateway: { mode: "local", port, bind: "loopback", auth: { mode: "token", token } },
    models: { mode: "merge", providers: providers(providerUrl) },
    agents: {
      defaults: {
        model: { primary: "mock/claude-opus-4-5" },
        workspace: path.join(home, "workspace"),
        skipBootstrap: true,
        heartbeat: { every: "0m" },
        subagents: { maxConcurrent: 4 },
        // The other mode of newer versions wants better summaries than a mock provider writes.
        compaction: { mode: "default" },
        timeoutSeconds: 300,
      },
      list: AGENTS.map(({ id, provider, model }) => ({
        id,
        ...(id === "main" ? { default: true } : {}),
        workspace: path.join(home, `workspace-${id}`),
        model: `${provider}/${model}`,
      })),
    },
    // Newer versions hide most tools behind a search; the mock provider wants them listed.
    tools: { profile: "full", ...(/^2026\.[35]\./.test(version) ? {} : { toolSearch: false }) },
    cron: { enabled: true },
    update: { checkOnStart: false },
    logging: { file: path.join(home, "openclaw.log") },
    ...extra,
  };
}

function providers(url) {
  const model = (id) => ({
    id,
    name: id,
    reasoning: false,
    input: ["text"],
    cost: PRICES[id],
    contextWindow: 200_000,
    maxTokens: 8192,
  });
  return {
    mock: {
      baseUrl: `${url}/v1`,
      apiKey: "mock-key",
      api: "openai-completions",
      models: [model("claude-opus-4-5"), model("gpt-5-mini")],
    },
    "mock-anthropic": {
      baseUrl: url,
      apiKey: "mock-key",
      api: "anthropic-messages",
      models: [model("claude-sonnet-4-5")],
    },
  };
}
