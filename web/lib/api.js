// One request. The browser's cache keeps the ETag; a request that takes too long is given up.
const LIMIT_MS = 9000;

/** What went wrong, in the server's words where it has any; `status` and the whole `body` say more. */
async function problemOf(response) {
  const body = await response.json().catch(() => ({}));
  const words = body.detail || `${response.status} ${response.statusText}`.trim();
  return Object.assign(new Error(words), { status: response.status, body });
}

/** Why there is no answer at all, in words of ours: each browser has others, and none says what to do. */
export function silence(problem) {
  if (problem.name === "TimeoutError") return "The server did not answer in time.";
  if (problem instanceof SyntaxError) return "What answered is not this server.";
  return problem instanceof TypeError ? "The server cannot be reached." : String(problem.message ?? problem);
}

/** The answer and the server's clock: the `Date` header is of now even when the body is a kept one. */
export async function getJson(path) {
  try {
    const response = await fetch(path, { cache: "no-cache", signal: AbortSignal.timeout(LIMIT_MS) });
    if (!response.ok) throw await problemOf(response);
    return { data: await response.json(), serverTime: Date.parse(response.headers.get("date")) };
  } catch (problem) {
    throw problem.status ? problem : new Error(silence(problem), { cause: problem });
  }
}
