// What the server said last, and when it is asked again. Components read signals; nothing else fetches.
import { signal, computed, batch } from "./html.js";
import { getJson } from "./api.js";
import { judge } from "./status.js";

export const snapshot = signal(null);
export const trends = signal(null);
export const sources = signal(null);
export const error = signal(null);
export const busy = signal(false);
/** The time, every second; ages and statuses follow it. */
export const now = signal(Date.now());
export const nextAt = signal(Date.now());
/** Server clock minus ours, so that ages are right on a machine whose clock is not. */
const offset = signal(0);
/** The server's time at its last answer. */
const answeredAt = signal(0);

export const refreshMs = computed(() => (sources.value?.refreshSeconds ?? 10) * 1000);
export const limits = computed(() => ({
  activeMs: (sources.value?.activeMinutes ?? 5) * 60_000,
  idleMs: (sources.value?.idleMinutes ?? 60) * 60_000,
  stuckMs: (sources.value?.stuckMinutes ?? 10) * 60_000,
}));
export const serverNow = computed(() => now.value + offset.value);
export const rows = computed(() =>
  (snapshot.value?.sessions ?? []).map((row) => judge(row, serverNow.value, limits.value)),
);
/** How old what is shown is: since the last answer, plus what the sources were behind then. */
export const ageMs = computed(() => {
  if (!snapshot.value) return null;
  const { fetchedAt, coverage } = snapshot.value;
  const behind = coverage.asOf ? Date.parse(fetchedAt) - Date.parse(coverage.asOf) : 0;
  return Math.max(0, serverNow.value - answeredAt.value + behind);
});
export const connection = computed(() => {
  if (error.value) return snapshot.value ? "down" : "error";
  if (!snapshot.value) return "loading";
  return ageMs.value > 3 * refreshMs.value + 5000 ? "stale" : "fine";
});
export const isScanning = computed(() => (sources.value ? !sources.value.progress.complete : !snapshot.value));

const zone = () => encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC");
let running = null;

/** The `Date` header has whole seconds: a smaller difference is no difference. */
function setClock(serverTime) {
  if (Number.isNaN(serverTime)) return;
  const now = serverTime + 500 - Date.now();
  if (Math.abs(now - offset.value) > 1500) offset.value = now;
  answeredAt.value = Date.now() + offset.value;
}

async function load() {
  const tz = zone();
  const [sessions, about, curves] = await Promise.all([
    getJson(`api/sessions?tz=${tz}`),
    getJson("api/sources"),
    getJson(`api/trends?tz=${tz}`).catch(() => null),
  ]);
  batch(() => {
    setClock(sessions.serverTime);
    [snapshot.value, sources.value, trends.value, error.value] = [
      sessions.data,
      about.data,
      curves?.data ?? null,
      null,
    ];
  });
}

/** Asks now; who asks while an answer is awaited waits for the same one. */
export function refresh() {
  running ??= (async () => {
    busy.value = true;
    try {
      await load();
    } catch (problem) {
      error.value = { message: String(problem.message ?? problem), at: Date.now() };
    } finally {
      batch(() => {
        busy.value = false;
        // While the first reading runs, its progress is worth a look every second.
        const wait = !error.value && isScanning.value ? 1000 : refreshMs.value;
        [now.value, nextAt.value] = [Date.now(), Date.now() + wait];
      });
      running = null;
    }
  })();
  return running;
}

/** Starts the clock and the countdown; a hidden page asks nothing and catches up when it is shown. */
export function start() {
  setInterval(() => {
    now.value = Date.now();
    if (!document.hidden && now.value >= nextAt.value) refresh();
  }, 1000);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) refresh();
  });
  return refresh();
}
