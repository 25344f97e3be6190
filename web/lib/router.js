// The address: `#/sources`, `#/?q=…&sort=cost`. Filters live here, so that a view can be shared.
import { signal } from "./html.js";

const PAGES = ["overview", "usage", "sources", "audit"];
const SESSION = /^sessions\/(.+)$/s;

const decoded = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

function read() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const params = Object.fromEntries(new URLSearchParams(query));
  const session = SESSION.exec(path);
  if (session) return { page: "session", params: { ...params, key: decoded(session[1]) } };
  return { page: PAGES.includes(path) ? path : "overview", params };
}

export const route = signal(read());
/** The page, and the place on it, from which a session was opened: there one comes back to. */
let cameFrom = { hash: "#/", y: 0 };
const isSession = (hash) => /^#\/?sessions\//.test(hash);
if (location.hash && !isSession(location.hash)) cameFrom.hash = location.hash;

addEventListener("hashchange", () => {
  if (!isSession(location.hash))
    cameFrom = { hash: location.hash, y: location.hash === cameFrom.hash ? cameFrom.y : 0 };
  route.value = read();
});

/** Remembered before a session is opened. */
export function leaveFor(hash) {
  if (!isSession(location.hash)) cameFrom = { hash: location.hash || "#/", y: scrollY };
  location.hash = hash;
}

/** Where on its page one was; told once. */
export function takePlace() {
  const { hash, y } = cameFrom;
  cameFrom = { hash, y: 0 };
  return hash === (location.hash || "#/") ? y : 0;
}

export function closeSession() {
  location.hash = cameFrom.hash || "#/";
}

export const href = (page, { key, ...params } = {}) => {
  const query = new URLSearchParams(Object.entries(params).filter(([, value]) => value)).toString();
  const path = page === "overview" ? "" : page === "session" ? `sessions/${encodeURIComponent(key)}` : page;
  return `#/${path}${query ? `?${query}` : ""}`;
};

export function go(page, params = {}) {
  location.hash = href(page, params);
}

/** Changes parameters in place: typing into the filter is no new entry in the history. */
export function setParams(change) {
  const { page, params } = read();
  history.replaceState(null, "", href(page, { ...params, ...change }));
  route.value = read();
}
