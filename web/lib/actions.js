// What can be done to a session or a background task, and how the server is asked to do it.
import { access, readAccess } from "./access.js";
import { silence } from "./api.js";
import { signal } from "./html.js";
import { below } from "./losses.js";
import { idOf, nameOf } from "./status.js";
import { rows } from "./store.js";

/** The icon of each action; what cannot be undone is dangerous, and comes last. */
export const ICONS = {
  stop: "stop-circle",
  restart: "arrow-clockwise",
  send: "send",
  compact: "arrows-collapse",
  reset: "eraser",
  delete: "trash3",
  cancel: "stop-circle",
};
const OF_ONE = ["stop", "restart", "send", "compact", "reset", "delete"];
/** One message to many sessions is rarely meant. */
export const OF_MANY = OF_ONE.filter((action) => action !== "send");

/** What can be done to this session now: stopped is what runs, itself or below it. */
export function actionsOf(row) {
  const runs = row.isRunning || below([row], rows.value).length > 0;
  return OF_ONE.filter((action) => action !== "stop" || runs);
}

/** What the dialog asks about: an action and what it is done to; null while nothing is asked. */
export const asking = signal(null);

const LONGEST_NAME = 300;
export const targetOf = (row) => ({
  id: idOf(row),
  row,
  name: nameOf(row).slice(0, LONGEST_NAME),
  path: `api/sessions/${encodeURIComponent(row.key)}/actions`,
  installation: row.installation,
});

/** A background task; `item.row` is the session that it runs in, where that is known. */
export const taskTarget = (item) => ({
  id: `task ${item.taskId}`,
  row: item.row ?? null,
  name: (item.title || item.taskName).slice(0, LONGEST_NAME),
  path: `api/tasks/${encodeURIComponent(item.taskId)}/actions`,
  installation: item.installation,
});

export const ask = (action, targets) => {
  asking.value = { action, targets };
};

/** A server that is slow to answer may still do it: then the outcome is not known. */
const LIMIT_MS = 150_000;

/** What is not asked for again once the server does not know whether it happened: done twice it is twice as much. */
const ONCE = ["send", "restart"];

/**
 * Does it, and gives the outcome; `key` makes a second request for the same thing harmless. Where it is not certain,
 * `again` is how to ask again: with the `same` key, or with a `new` one where for this key the server's answer stands.
 */
export async function perform(action, target, { message, key }) {
  const headers = { "Content-Type": "application/json" };
  if (access.value.csrf) headers["X-CSRF-Token"] = access.value.csrf;
  const body = { action, installation: target.installation, idempotencyKey: key };
  if (message !== undefined) body.message = message;
  try {
    const signal = AbortSignal.timeout(LIMIT_MS);
    const response = await fetch(target.path, { method: "POST", headers, body: JSON.stringify(body), signal });
    const answer = await response.json().catch(() => ({}));
    if (response.ok) {
      const { outcome = "unknown", detail = "" } = answer;
      return { outcome, detail, again: outcome === "unknown" && !ONCE.includes(action) ? "new" : null };
    }
    // Signed out meanwhile, or control switched off: the buttons say so from now on.
    if (response.status === 401 || response.status === 403) readAccess();
    const detail = answer.detail || `${response.status} ${response.statusText}`.trim();
    return response.status >= 500
      ? { outcome: "unknown", detail, again: "same" }
      : { outcome: "refused", detail, again: null };
  } catch (problem) {
    const detail = problem.name === "TimeoutError" ? "" : silence(problem);
    return { outcome: "unknown", detail, again: "same" };
  }
}
