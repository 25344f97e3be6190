// The runs of the session that is open: those of its detail, and earlier ones that somebody asked for.
// Timeline and list of runs show the same ones, so they are kept here.
import { signal, useEffect, useSignal } from "../../lib/html.js";
import { getJson } from "../../lib/api.js";
import { clock } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { serverNow } from "../../lib/store.js";

/** `id` tells one session from another; `runs` by id; `before` is where still earlier ones begin. */
const EMPTY = {
  id: null,
  runs: new Map(),
  compactions: [],
  before: null,
  hasEarlier: false,
  isLoading: false,
  problem: null,
};
const kept = signal(EMPTY);
/** The run that the timeline shows: null is the newest, also when a newer one begins. */
const chosen = signal(null);

/** Time for who needs none. */
const STILL = signal(0);

/** The time now; who shows something that goes on is drawn again as it passes. */
export function useClock(isLive) {
  useSignal(isLive ? serverNow : STILL);
  return serverNow.value;
}

const idOf = ({ installation, key }) => `${installation} ${key}`;
/** The part that the server reads moves on: what was at its beginning may be known already. */
const together = (earlier, later) => {
  const known = new Set(later.map(({ at }) => at));
  return [...earlier.filter(({ at }) => !known.has(at)), ...later];
};
const inOrder = (runs) => [...runs.values()].sort((a, b) => a.startedAt - b.startedAt);

/** What is known of a session's runs now; pure, so that what is drawn first is right already. */
export function merge(before, detail) {
  const id = idOf(detail);
  const isSame = before.id === id;
  const runs = new Map(isSame ? before.runs : []);
  // Of a run whose beginning lies too far back the part that is read moves on: the part before is no run of its own.
  for (const run of before.runs.values()) if (run.partial) runs.delete(run.id);
  for (const run of detail.runs) runs.set(run.id, run);
  // Once earlier ones were asked for, where to go on is theirs to say.
  const first = isSame && before.hasEarlier ? before.before : detail.runsBefore;
  return isSame ? { ...before, runs, before: first } : { ...EMPTY, id, runs, before: first };
}

async function load(detail) {
  const { id, before } = kept.value;
  if (!before || kept.value.isLoading) return;
  kept.value = { ...kept.value, isLoading: true, problem: null };
  try {
    const query = new URLSearchParams({ before, installation: detail.installation });
    const { data } = await getJson(`api/sessions/${encodeURIComponent(detail.key)}/runs?${query}`);
    if (kept.value.id !== id) return;
    const runs = new Map(kept.value.runs);
    for (const run of data.runs) if (!runs.has(run.id)) runs.set(run.id, run);
    const compactions = [...data.compactions, ...kept.value.compactions];
    kept.value = { ...kept.value, runs, compactions, before: data.runsBefore, hasEarlier: true, isLoading: false };
  } catch (problem) {
    if (kept.value.id === id)
      kept.value = { ...kept.value, isLoading: false, problem: String(problem.message ?? problem) };
  }
}

export const showRun = (id) => {
  chosen.value = id;
};

/**
 * The runs, oldest first, which of them is shown, and how to get earlier ones. They are numbered from the first
 * where the first is known.
 */
export function useRuns(detail) {
  const now = merge(useSignal(kept), detail);
  const wanted = useSignal(chosen);
  useEffect(() => {
    if (kept.value.id !== now.id) chosen.value = null;
    kept.value = merge(kept.value, detail);
  }, [detail]);
  const runs = inOrder(now.runs);
  const place = runs.findIndex(({ id }) => id === wanted);
  return {
    runs,
    /** Those of earlier runs that were asked for, and those of the detail. */
    compactions: together(now.compactions, detail.compactions),
    shown: place < 0 ? runs.length - 1 : place,
    isNumbered: now.before === null,
    before: now.before,
    isLoading: now.isLoading,
    problem: now.problem,
    loadEarlier: () => load(detail),
  };
}

/** `run 3`; where it is not known how many there were before, by its time. */
export const runName = ({ runs, isNumbered }, place) =>
  isNumbered ? t("pRunNumber", { n: place + 1 }) : t("pRunAt", { time: clock(runs[place].startedAt).slice(0, 5) });
