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
  const page = PAGES.includes(path) ? path : "overview";
  // An address of old: a session was opened on the overview.
  if (page === "overview" && params.open) return { page: "session", params: { key: params.open, at: params.at } };
  return { page, params };
}

export const route = signal(read());
/** The page, and the place on it, from which a session was opened: there one comes back to. */
let cameFrom = { hash: "#/", y: 0, key: null };
const isOfSession = () => read().page === "session";
if (location.hash && !isOfSession()) cameFrom.hash = location.hash;

addEventListener("hashchange", () => {
  if (!isOfSession() && location.hash !== cameFrom.hash) cameFrom = { hash: location.hash, y: 0, key: null };
  route.value = read();
});

/** Opens a session, and remembers from where. */
export function openSession(params) {
  if (!isOfSession()) cameFrom = { hash: location.hash || "#/", y: globalThis.scrollY ?? 0, key: params.key };
  go("session", params);
}

/** Where on this page one was, and at which session; told once. */
export function takePlace() {
  const { hash, y, key } = cameFrom;
  cameFrom = { hash, y: 0, key: null };
  return hash === (location.hash || "#/") ? { y, key } : { y: 0, key: null };
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
