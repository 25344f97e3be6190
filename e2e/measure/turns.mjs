// How long a person waits: from the last byte of the model's answer to a real OpenClaw until the page shows the turn.
// That is more than is promised: what OpenClaw itself does before the turn is finished is in it, too.
import { openPage, pointerAway } from "../support/page.mjs";
import { exact } from "../../web/lib/format.js";
import { rowOf } from "../openclaw/shown.mjs";
import { VERSIONS } from "../openclaw/versions.mjs";
import { until } from "../openclaw/wait.mjs";
import { World } from "../openclaw/world.mjs";

/** Turns that count; one goes before them. */
const TURNS = 40;
/** What one turn adds to the tokens that are shown. */
const INPUT = 1000;

class Floor extends World {
  get arguments() {
    return ["serve", "--state-dir", this.lab.stateDir, "--source", "files,gateway"];
  }
}

/** A row for the version of OpenClaw. */
async function turnsOf(version) {
  const floor = new Floor(version);
  const undos = [];
  try {
    await floor.open();
    const page = await openPage({ after: (undo) => undos.push(undo) }, floor);
    await floor.lab.turn("main", `@as main\n@usage ${INPUT} 10\n@say Ready.`);
    await rowOf(page, floor.keys.main).waitFor();
    await pointerAway(page);
    const waits = { tokens: [], ended: [] };
    for (let turn = 1; turn <= TURNS; turn += 1) {
      const seen = await oneTurn(floor, page, (turn + 1) * INPUT);
      waits.tokens.push(seen.tokens);
      waits.ended.push(seen.ended);
    }
    return [
      `turn of a running OpenClaw ${version}, ${TURNS} times: last byte of the model's answer → its tokens shown in Chromium`,
      "p50 ≤ 300 ms, p95 ≤ 1 s",
      `p50 ${at(waits.tokens, 0.5)} ms, p95 ${at(waits.tokens, 0.95)} ms; shown as ended p50 ${at(waits.ended, 0.5)} ms, p95 ${at(waits.ended, 0.95)} ms`,
    ];
  } finally {
    for (const undo of undos) await undo();
    await floor.close();
  }
}

/** Milliseconds until the tokens are shown, and until nothing is shown as running. */
async function oneTurn(floor, page, total) {
  const before = floor.callsOf("main").length;
  await floor.lab.beginTurn("main", `@as main\n@usage ${INPUT} 10\n@hold`);
  await until("the provider is asked", () => floor.callsOf("main").length > before);
  await page.waitForFunction(() => /^1 /.test(document.title));
  const shown = page.evaluate(watch, { key: floor.keys.main, title: exact(total) });
  const call = floor.lab.provider.calls.at(-1);
  await new Promise((resolve) => {
    setTimeout(resolve, 300);
  });
  floor.lab.provider.release();
  const seen = await shown;
  return { tokens: seen.tokens - call.completedAt, ended: seen.ended - call.completedAt };
}

/** In the page: the times of the first frames that show it. */
function watch({ key, title }) {
  return new Promise((resolve) => {
    const seen = { tokens: null, ended: null };
    const look = () => {
      const row = document.querySelector(`tbody tr[data-key="${key}"]`);
      if (row?.querySelector(`[title="${title}"]`)) seen.tokens ??= Date.now();
      if (/^0 /.test(document.title)) seen.ended ??= Date.now();
      if (seen.tokens && seen.ended) resolve(seen);
      else requestAnimationFrame(look);
    };
    look();
  });
}

/** So much of the figures are not above it. */
function at(figures, share) {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1];
}

export const turns = () => turnsOf(VERSIONS[0]);
