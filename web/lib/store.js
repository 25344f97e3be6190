// What the server said last, pushed or asked for. Components read signals; nothing else asks for sessions.
import { signal, computed, batch } from "./html.js";
import { getJson } from "./api.js";
import { apply, replace } from "./deltas.js";
import { createFrames } from "./frames.js";
import { createPush } from "./push.js";
import { waysOf } from "./push-ways.js";
import { createJudge } from "./status.js";

export const snapshot = signal(null);
export const trends = signal(null);
export const sources = signal(null);
export const error = signal(null);
export const busy = signal(false);
/** The time, every second; ages and statuses follow it. */
export const now = signal(Date.now());
export const nextAt = signal(Date.now());
/** Counts the refreshes: what else a page asks for is asked anew with each. A change of spend is none. */
export const beat = signal(1);
/** How the page is fed: `starting`, `live`, or `polling` since a time and with a next try to be pushed to. */
export const feed = signal({ is: "starting" });
/** How many sessions came when somebody asked; null before. */
export const askedTotal = signal(null);
/** Server clock minus ours, so that ages are right on a machine whose clock is not. */
const offset = signal(0);
/** The server's time at its last answer. */
const answeredAt = signal(0);

/** How long the first push may take before the page asks by itself. */
const START_MS = 2000;
/** What is derived from spending is asked for again after it changed, but not more often than this. */
const SPEND_MS = 5000;

export const refreshMs = computed(() => (sources.value?.refreshSeconds ?? 10) * 1000);
export const limits = computed(() => ({
  activeMs: (sources.value?.activeMinutes ?? 5) * 60_000,
  idleMs: (sources.value?.idleMinutes ?? 60) * 60_000,
  stuckMs: (sources.value?.stuckMinutes ?? 10) * 60_000,
}));
export const serverNow = computed(() => now.value + offset.value);
const judged = createJudge();
export const rows = computed(() => judged(snapshot.value?.sessions ?? [], serverNow.value, limits.value));
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
  if (ageMs.value > 3 * refreshMs.value + 5000) return "stale";
  return feed.value.is === "live" ? "live" : "polling";
});
export const isScanning = computed(() => (sources.value ? !sources.value.progress.complete : !snapshot.value));

const zone = () => encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC");
const push = createPush({
  open: waysOf(() => `?tz=${zone()}`),
  onMessage: collect,
  onState: feedIs,
  clock: {
    setTimeout: (action, ms) => setTimeout(action, ms),
    clearTimeout: (timer) => clearTimeout(timer),
    now: () => Date.now(),
  },
});
const isLive = () => feed.value.is === "live";

/** The `Date` header has whole seconds: a smaller difference is no difference. */
function setClock(serverTime) {
  if (Number.isNaN(serverTime)) return;
  const ahead = serverTime + 500 - Date.now();
  if (Math.abs(ahead - offset.value) > 1500) offset.value = ahead;
}
const hasAnswered = () => {
  answeredAt.value = Date.now() + offset.value;
};

let waiting = [];
const frames = createFrames(take);

/** Messages wait for a frame, so that many are drawn at once. */
function collect(message) {
  waiting.push(message);
  frames.ask();
}

function take() {
  const before = snapshot.value?.tokenStats?.totalCost;
  batch(() => {
    snapshot.value = apply(snapshot.value, waiting);
    waiting = [];
    hasAnswered();
    [now.value, error.value] = [Date.now(), null];
  });
  // The curves follow the money, a little later.
  if (snapshot.value.tokenStats?.totalCost !== before) {
    nextAt.value = Math.min(nextAt.value, Math.max(askedAt + SPEND_MS, Date.now()));
  }
}

function feedIs(state) {
  if (state.is === "live") {
    feed.value = state;
    return;
  }
  const since = feed.value.is === "polling" ? feed.value.since : Date.now();
  const wasPolling = feed.value.is === "polling";
  feed.value = { is: "polling", since, retryAt: state.retryAt };
  if (!wasPolling) refresh();
}

/** While the push is up an answer may be older than what came through it meanwhile. */
const isNews = (data) => !isLive() || Date.parse(data.fetchedAt) >= Date.parse(snapshot.value.fetchedAt);

async function load(withSessions) {
  const tz = zone();
  const [sessions, about, curves] = await Promise.all([
    withSessions ? getJson(`api/sessions?tz=${tz}`) : null,
    getJson("api/sources"),
    getJson(`api/trends?tz=${tz}`).catch(() => null),
  ]);
  batch(() => {
    setClock(about.serverTime);
    [sources.value, trends.value] = [about.data, curves?.data ?? null];
    if (!sessions) return;
    const wasDown = error.value !== null;
    if (isNews(sessions.data)) snapshot.value = replace(snapshot.value, sessions.data);
    hasAnswered();
    [askedTotal.value, error.value] = [sessions.data.total, null];
    // The server is back: so may be the push.
    if (wasDown) push.retry();
  });
}

let running = null;
let runsWithSessions = false;
let askedAt = 0;
let beatAt = 0;

/** Asks now; who asks while an answer is awaited waits for the same one. */
function ask(withSessions) {
  if (running && withSessions && !runsWithSessions) return running.then(() => ask(true));
  runsWithSessions = running ? runsWithSessions : withSessions;
  running ??= (async () => {
    busy.value = true;
    askedAt = Date.now();
    try {
      await load(withSessions);
    } catch (problem) {
      // While the push is up the server speaks, whatever became of a single question.
      if (!isLive() && withSessions) error.value = { message: String(problem.message ?? problem), at: Date.now() };
    } finally {
      batch(() => {
        busy.value = false;
        // While the first reading runs, its progress is worth a look every second.
        const wait = !error.value && isScanning.value ? 1000 : refreshMs.value;
        [now.value, nextAt.value] = [Date.now(), Date.now() + wait];
        if (withSessions || Date.now() - beatAt >= refreshMs.value) [beat.value, beatAt] = [beat.value + 1, Date.now()];
      });
      running = null;
    }
  })();
  return running;
}

export const refresh = () => ask(true);

/** Asks now, and tries to be pushed to again. */
export function tryNow() {
  push.retry();
  return refresh();
}

/** Starts the push, the clock and the countdown; a hidden page asks nothing and catches up when it is shown. */
export function start() {
  nextAt.value = Date.now() + START_MS;
  setInterval(() => {
    now.value = Date.now();
    if (!document.hidden && now.value >= nextAt.value) ask(!isLive());
  }, 1000);
  document.addEventListener("visibilitychange", () => {
    frames.run();
    if (!document.hidden) ask(!isLive());
  });
  addEventListener("online", tryNow);
  push.connect();
  return ask(false).then(() => {
    if (!snapshot.value) nextAt.value = Date.now() + START_MS;
  });
}
