// The address: `#/sources`, `#/?q=…&sort=cost`. Filters live here, so that a view can be shared.
import { signal } from "./html.js";

const PAGES = ["overview", "usage", "sources", "audit"];

function read() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const params = Object.fromEntries(new URLSearchParams(query));
  return { page: PAGES.includes(path) ? path : "overview", params };
}

export const route = signal(read());
addEventListener("hashchange", () => {
  route.value = read();
});

export const href = (page, params = {}) => {
  const query = new URLSearchParams(Object.entries(params).filter(([, value]) => value)).toString();
  return `#/${page === "overview" ? "" : page}${query ? `?${query}` : ""}`;
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
