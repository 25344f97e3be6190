// One request. The browser's cache keeps the ETag; a request that takes too long is given up.
const LIMIT_MS = 9000;

/** What went wrong, in the server's words where it has any. */
async function problemOf(response) {
  const { detail } = await response.json().catch(() => ({}));
  return new Error(detail || `${response.status} ${response.statusText}`.trim());
}

/** The answer and the server's clock: the `Date` header is of now even when the body is a kept one. */
export async function getJson(path) {
  const response = await fetch(path, { cache: "no-cache", signal: AbortSignal.timeout(LIMIT_MS) });
  if (!response.ok) throw await problemOf(response);
  return { data: await response.json(), serverTime: Date.parse(response.headers.get("date")) };
}
