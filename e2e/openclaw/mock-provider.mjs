// A model provider on loopback that answers as it is told (directives.mjs) and keeps a record of every call: the
// tokens that it really reported are the truth which the dashboard is measured against.
import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { nameOf, plan } from "./directives.mjs";
import { anthropic, openai } from "./wire-formats.mjs";

/**
 * Starts on a free port. `calls` grows: `{id, session, model, usage, error, completed, completedAt}`. `release` lets
 * every answer that is on hold come to its end.
 */
export async function startProvider() {
  const provider = { calls: [], releases: 0 };
  const server = http.createServer((request, response) => {
    answer(request, response, provider).catch((error) => response.destroy(error));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    calls: provider.calls,
    url: `http://127.0.0.1:${server.address().port}`,
    release: () => {
      provider.releases += 1;
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(request, response, provider) {
  if (request.method !== "POST") return json(response, 200, { object: "list", data: [] });
  const body = JSON.parse(await textBody(request));
  if (!body.stream) return json(response, 501, { error: { message: "the mock provider only streams" } });
  const { text, call: toolCall, hold, error, usage } = plan(body);
  const call = {
    id: `mock-${provider.calls.length + 1}`,
    session: nameOf(body),
    model: body.model,
    error,
    usage: error ? null : usage,
    completed: false,
    completedAt: null,
  };
  provider.calls.push(call);
  if (error) {
    const message = `mock provider error ${error}`;
    return json(response, error, { type: "error", error: { type: "mock_error", message } });
  }
  const format = request.url.endsWith("/messages") ? anthropic : openai;
  const pieces = hold ? untilReleased(provider, response, text) : [text];
  call.completed = await stream(response, format({ id: call.id, model: body.model, pieces, call: toolCall, usage }));
  call.completedAt = Date.now();
}

async function* untilReleased(provider, response, text) {
  const before = provider.releases;
  for (let piece = 1; provider.releases === before && !response.destroyed; piece += 1) {
    yield `Working, part ${piece}. `;
    await sleep(500);
  }
  yield text;
}

/** Whether the other side listened to the end. */
async function stream(response, events) {
  response.writeHead(200, { "content-type": "text/event-stream", connection: "close" });
  for await (const event of events) {
    if (response.destroyed) return false;
    response.write(event);
  }
  response.end();
  return true;
}

async function textBody(request) {
  let text = "";
  for await (const piece of request.setEncoding("utf8")) text += piece;
  return text;
}

function json(response, status, value) {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}
