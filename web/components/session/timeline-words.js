// What runs and steps are called, and how long they took, in words.
import { t } from "../../lib/i18n.js";
import { took } from "../../lib/conversation-words.js";
import { running } from "../../lib/format.js";
import { language } from "../../lib/prefs.js";
import { isFailed } from "../../charts/waterfall.js";

/** A command or a prompt may have thousands of characters. */
const LONGEST = 120;
/** Of the names that share a row so many are told. */
const MOST_NAMES = 4;

export const short = (text, most = LONGEST) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** `0:41` in a column; below a second what part of it. */
export function brief(ms) {
  if (ms === 0) return "—";
  if (ms >= 1000) return running(ms);
  return ms < 50 ? "0.0s" : `${(ms / 1000).toFixed(1)}s`;
}

/** A duration inside a sentence. */
export const lasted = (ms) => took(ms, language.value);

/** `27 Nov, 14:35:09`; of today only the time. */
export function moment(ms, now) {
  const locale = language.value === "ko" ? "ko-KR" : "en-GB";
  const time = new Date(ms).toLocaleTimeString("en-GB", { hourCycle: "h23" });
  if (new Date(ms).toDateString() === new Date(now).toDateString()) return time;
  return `${new Date(ms).toLocaleDateString(locale, { day: "numeric", month: "short" })} ${time}`;
}

/** How long a run has taken until `now`. */
export const runMs = (run, now) =>
  Math.max(0, (run.endedAt ?? (run.state === "running" ? now : lastAt(run))) - run.startedAt);

const lastAt = ({ steps, startedAt }) =>
  steps.reduce((last, step) => Math.max(last, step.endedAt ?? step.startedAt), startedAt);

/** `read, edit ×3`: which tools, and how often. */
function namesOf(steps) {
  const counts = new Map();
  for (const { name } of steps) counts.set(name, (counts.get(name) ?? 0) + 1);
  const names = [...counts].map(([name, count]) => (count > 1 ? `${short(name, 40)} ×${count}` : short(name, 40)));
  const rest = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join(", ") + (rest > 0 ? ` ${t("pMoreNames", { n: rest })}` : "");
}

/** The session that a step started, by its name where it is known. */
export function childName(step, family) {
  const child = family.find(({ key }) => key === step.childKey);
  return child?.label || step.detail || child?.taskName || step.childKey || step.name;
}

const ROWS = {
  model: ({ steps, first, last }) =>
    steps.length === 1 ? t("pModelCall", { n: first }) : t("pModelCalls", { from: first, to: last }),
  tool: ({ steps }) => (steps.length === 1 ? `${steps[0].name} ${steps[0].detail ?? ""}`.trim() : namesOf(steps)),
  subagent: ({ steps }, family) =>
    steps.length === 1 ? t("pSpawned", { name: childName(steps[0], family) }) : t("pSubagents", { n: steps.length }),
  compaction: ({ steps }) => (steps.length === 1 ? t("pCompaction") : t("pCompactions", { n: steps.length })),
  wait: ({ steps }) => {
    if (steps.length > 1) return t("pWaits", { n: steps.length });
    return t(steps[0].name === "start" ? "pWaitStart" : "pWaitRetry");
  },
};

export const rowName = (row, family) => short((ROWS[row.kind] ?? ROWS.tool)(row, family));

/** What a single step is called. */
export const stepName = (step, number, family) =>
  rowName({ kind: step.kind, steps: [step], first: number, last: number }, family);

/** How a step ended, in words; null where there is nothing to say. */
export function stepEnd(step) {
  if (step.error) return short(step.error, 300);
  if (step.exitCode !== null && step.exitCode !== undefined) return t("pExit", { code: step.exitCode });
  return isFailed(step) ? t("failed") : null;
}

/** The looks of a run's state: icon and colour; the word is `pRun_STATE`. */
export const STATES = {
  running: ["record-circle-fill", "active"],
  stuck: ["exclamation-triangle-fill", "stuck"],
  done: ["check-circle-fill", "ok"],
  failed: ["x-octagon-fill", "failed"],
  aborted: ["slash-circle", "none"],
};
