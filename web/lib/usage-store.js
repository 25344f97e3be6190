// The figures of the Usage page: asked when its address changes and whenever the page is refreshed.
import { batch, computed, effect, signal } from "./html.js";
import { getJson } from "./api.js";
import { browserZone, dayOf } from "./days.js";
import { route } from "./router.js";
import { beat, serverNow } from "./store.js";
import { choose } from "./usage-range.js";
import { queries } from "./usage-query.js";

/** What is shown: the answers and the choice that they are of. */
export const usage = signal(null);
/** Why the last question was not answered. */
export const usageError = signal(null);

export const zone = browserZone();
const today = computed(() => dayOf(serverNow.value, zone));
const firstDay = computed(() => {
  const at = usage.value?.chart.firstCallAt;
  return at ? dayOf(at, zone) : null;
});
export const choice = computed(() => choose(route.value.params, today.value, firstDay.value));
const wanted = computed(() => JSON.stringify(queries(choice.value, zone)));
/** Whether what is shown belongs to another choice than the address. */
export const isPending = computed(() => usage.value?.key !== wanted.value);

let asking = null;

async function load(key, chosen) {
  // Who asks for the same thing while it is on its way waits for it.
  if (asking === key) return;
  asking = key;
  try {
    const parts = Object.entries(JSON.parse(key));
    const answers = await Promise.all(parts.map(([, address]) => getJson(address)));
    if (asking !== key) return;
    const data = Object.fromEntries(parts.map(([name], place) => [name, answers[place].data]));
    batch(() => {
      [usage.value, usageError.value] = [{ ...data, key, choice: chosen, at: serverNow.value }, null];
    });
  } catch (problem) {
    if (asking !== key) return;
    usageError.value = { message: String(problem.message ?? problem), at: Date.now() };
  } finally {
    if (asking === key) asking = null;
  }
}

/** Asks now and at every refresh, until the page is left. */
export function follow() {
  return effect(() => {
    if (beat.value && route.value.page === "usage") load(wanted.value, choice.value);
  });
}
