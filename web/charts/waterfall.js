// A run as a waterfall: its steps gathered into rows, and bars over one axis of time. Pure.

/** More rows than this are gathered, so that a run of 200 steps is seen at once. */
const MOST_ROWS = 14;
/** A step that takes this share of its run has a row of its own. */
const LONG = 0.1;

const LOOKS = { model: "model", compaction: "model", tool: "tool", subagent: "sub", wait: "wait" };

/** Whether a step went wrong. What is waited for may carry the error that made it wait: it is no failure itself. */
export const isFailed = (step) => step.kind !== "wait" && (Boolean(step.error) || (step.exitCode ?? 0) !== 0);

const lookOf = (step) => (isFailed(step) ? "err" : (LOOKS[step.kind] ?? "tool"));

/** From the start of a run to its end; of one that goes on, to now. */
export function spanOf(run, now) {
  const ends = run.steps.map((step) => step.endedAt ?? step.startedAt);
  const last = ends.reduce((most, end) => Math.max(most, end), run.startedAt);
  const edge = run.endedAt ?? (run.state === "running" ? Math.max(now, last) : last);
  // A subagent may outlive the run that spawned it.
  return { from: run.startedAt, to: Math.max(edge, last, run.startedAt + 1), edge };
}

/** How far gathering goes, step by step: which steps keep a row of their own. */
const LEVELS = [
  () => true,
  (step, { isOpen, isLong }) => isOpen || isLong || isFailed(step) || !["model", "tool"].includes(step.kind),
  (step, { isOpen }) => isOpen || ["subagent", "compaction"].includes(step.kind),
  (_, { isOpen }) => isOpen,
  () => false,
];

/** Steps of a kind between two that stand alone share a row. */
function gather(steps, isAlone) {
  const rows = [];
  const shared = new Map();
  for (const step of steps) {
    if (isAlone(step)) {
      shared.clear();
      rows.push([step]);
    } else if (shared.has(step.kind)) shared.get(step.kind).push(step);
    else {
      rows.push([step]);
      shared.set(step.kind, rows.at(-1));
    }
  }
  return rows;
}

function rowsOf(run, isEach, factsOf) {
  const levels = isEach ? LEVELS.slice(0, 1) : LEVELS;
  let rows = [];
  for (const level of levels) {
    rows = gather(run.steps, (step) => level(step, factsOf(step)));
    if (rows.length <= MOST_ROWS) break;
  }
  return rows;
}

/** A silent step is drawn as work until it fell silent, and as waiting since. */
function barsOf(step, end, silentSince) {
  const [from, to] = [step.startedAt, Math.max(step.startedAt, end)];
  const look = lookOf(step);
  if (silentSince === null) return [{ from, to, look, step }];
  const since = Math.min(to, Math.max(from, silentSince));
  const work = since > from ? [{ from, to: since, look, step }] : [];
  return [...work, { from: since, to, look: "wait", step }];
}

/**
 * `rows` from the top down, each with its `steps`, its `bars` and how long it was busy; `first` and `last` number
 * its model calls. `stuckSince` is when the run fell silent, null while it moves.
 */
export function waterfall(run, { now, stuckSince = null, isEach = false }) {
  const { from, to, edge } = spanOf(run, now);
  const isLive = run.state === "running" && run.endedAt === null;
  const isOpen = (step) => isLive && step.endedAt === null;
  const long = (to - from) * LONG;
  // Of a run that is over, what has no end was not written down: only its beginning is known.
  const endOf = (step) => step.endedAt ?? (isLive ? edge : step.startedAt);
  const isLong = (step) => step.kind === "tool" && endOf(step) - step.startedAt >= long;
  const factsOf = (step) => ({ isOpen: isOpen(step), isLong: isLong(step) });
  const models = run.steps.filter(({ kind }) => kind === "model");
  // Steps that are left out are the earliest.
  const before = run.stepsOmitted > 0 ? Math.max(0, run.calls - models.length) : 0;
  const numbers = new Map(models.map((step, place) => [step, before + place + 1]));
  const silent = isLive ? stuckSince : null;
  const rows = rowsOf(run, isEach, factsOf).map((steps) => {
    const isRowOpen = steps.some(isOpen);
    return {
      id: `${steps[0].kind} ${steps[0].startedAt} ${run.steps.indexOf(steps[0])}`,
      kind: steps[0].kind,
      steps,
      bars: steps.flatMap((step) => barsOf(step, endOf(step), isOpen(step) ? silent : null)),
      first: numbers.get(steps[0]) ?? null,
      last: numbers.get(steps.at(-1)) ?? null,
      busyMs: steps.reduce((sum, step) => sum + Math.max(0, endOf(step) - step.startedAt), 0),
      failed: steps.filter(isFailed).length,
      why: steps[0].kind === "wait" ? whyOf(run.steps, steps[0]) : null,
      isOpen: isRowOpen,
      isStuck: isRowOpen && silent !== null,
    };
  });
  return { from, to, edge, rows, isLive, stuckSince: silent, run: runBars(run, { from, edge, silent }) };
}

/** What went wrong before a wait. */
function whyOf(steps, wait) {
  if (wait.error) return wait.error;
  const before = steps.slice(0, steps.indexOf(wait)).findLast(({ kind }) => kind === "model");
  return wait.name === "start" ? null : (before?.error ?? null);
}

/** The run itself: a pale bar, darker where it waited. */
function runBars(run, { from, edge, silent }) {
  const waits = run.steps
    .filter(({ kind }) => kind === "wait")
    .map((step) => ({ from: step.startedAt, to: step.endedAt ?? edge, look: "wait", step }));
  if (silent !== null) waits.push({ from: Math.max(from, silent), to: edge, look: "wait", step: null });
  return [{ from, to: edge, look: "run", step: null }, ...waits];
}

/** The least width of a bar: shorter ones could not be seen. */
const LEAST = 2;

/** Where a bar stands in a box of `width` pixels. */
export function place(bar, { from, to }, width) {
  const scale = width / (to - from);
  const left = Math.max(0, Math.min(width - LEAST, (bar.from - from) * scale));
  return { x: left, width: Math.max(LEAST, Math.min(width - left, (bar.to - bar.from) * scale)) };
}
