// The audit log: its newest page, asked again at every refresh, and older pages on demand.
import { batch, effect, signal } from "./html.js";
import { getJson } from "./api.js";
import { route } from "./router.js";
import { nextAt } from "./store.js";

const PAGE = 100;
export const entries = signal(null);
/** What the next older page is asked by; null when there is none. */
export const next = signal(null);
export const auditError = signal(null);

/** `before` asks for an older page, put behind what is known; without it what is new comes in front. */
async function load(before) {
  try {
    const { data } = await getJson(`api/audit?limit=${PAGE}${before ? `&before=${encodeURIComponent(before)}` : ""}`);
    const known = entries.value ?? [];
    const fresh = new Set(data.entries.map(({ id }) => id));
    const rest = known.filter(({ id }) => !fresh.has(id));
    const isFirst = known.length === 0;
    // More new entries than a page holds would leave a hole: then what was known is let go.
    const meets = rest.length < known.length;
    batch(() => {
      auditError.value = null;
      if (before) [entries.value, next.value] = [[...rest, ...data.entries], data.next];
      else if (isFirst || !meets) [entries.value, next.value] = [data.entries, data.next];
      else entries.value = [...data.entries, ...rest];
    });
  } catch (problem) {
    auditError.value = String(problem.message ?? problem);
  }
}

export const older = () => load(next.value);
export const again = () => load(null);

/** Asks now and at every refresh, until the page is left. */
export const follow = () =>
  effect(() => {
    if (nextAt.value && route.value.page === "audit") load(null);
  });
