// One request. The browser's cache keeps the ETag; a request that takes too long is given up.
const LIMIT_MS = 9000;

/** What went wrong, in the server's words where it has any; `status` and the whole `body` say more. */
async function problemOf(response) {
  const body = await response.json().catch(() => ({}));
  const words = body.detail || `${response.status} ${response.statusText}`.trim();
  return Object.assign(new Error(words), { status: response.status, body });
}

/** The answer and the server's clock: the `Date` header is of now even when the body is a kept one. */
export async function getJson(path) {
  const response = await fetch(path, { cache: "no-cache", signal: AbortSignal.timeout(LIMIT_MS) });
  if (!response.ok) throw await problemOf(response);
  return { data: await response.json(), serverTime: Date.parse(response.headers.get("date")) };
}
