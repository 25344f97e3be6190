// How much a browser works while a thousand sessions each change once a second, and while five thousand are listed.
import { appendFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openBrowser } from "../support/browser.mjs";
import { startDashboard } from "../support/dashboard.mjs";
import { eventually, getJson, openPage } from "../support/page.mjs";
import { entry, stateDir } from "../support/state.mjs";

const CHANGING = 1000;
const SECONDS = 20;
/** Sessions change by turns, so many times a second. */
const STEPS = 10;

/** A row for a thousand changing sessions among so many. */
export async function busy(count) {
  const undos = [];
  const context = { after: (undo) => undos.push(undo) };
  try {
    const numbers = Array.from({ length: count }, (_, place) => place + 1);
    const sessions = Object.fromEntries(numbers.map((number) => [`agent:main:s${number}`, entry(number)]));
    const folder = await stateDir(context, { main: sessions });
    const files = Object.values(sessions).map(({ sessionId }) =>
      path.join(folder, "agents", "main", "sessions", `${sessionId}.jsonl`),
    );
    for (const [place, file] of files.entries()) await writeFile(file, header(place));
    const server = await startDashboard(["serve", "--state-dir", folder, "--source", "files"], { context });
    const browser = await openBrowser();
    context.after(() => browser.close());
    const page = await openPage(context, { server, browser });
    const told = await changing(files, server, page);
    return [
      `${CHANGING.toLocaleString("en")} of ${count.toLocaleString("en")} sessions each changing once a second for ${SECONDS} s, the overview open at 1440 × 900`,
      "≤ 30% of the browser's main thread",
      `${told.toFixed(1)}% of the browser's main thread`,
    ];
  } finally {
    for (const undo of undos.reverse()) await undo();
  }
}

/** The share of the main thread that is busy while the sessions change, in per cent. */
async function changing(files, server, page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable");
  let calls = 0;
  const change = async (steps) => {
    const began = Date.now();
    for (let step = 0; step < steps; step += 1) {
      const places = Array.from(
        { length: CHANGING / STEPS },
        (_, place) => (step % STEPS) * (CHANGING / STEPS) + place,
      );
      await Promise.all(places.map((place) => appendFile(files[place], call((calls += 1)))));
      await sleep(Math.max(0, began + ((step + 1) * 1000) / STEPS - Date.now()));
    }
  };
  await change(3 * STEPS);
  const before = await metrics(devtools);
  await change(SECONDS * STEPS);
  const after = await metrics(devtools);
  // Nothing of it is worth a figure if the page does not show the last of it.
  await eventually(async () => {
    const { coverage } = await getJson(server.url, "api/sessions?limit=1");
    if (coverage.callsRead !== calls) throw new Error(`${coverage.callsRead} of ${calls} calls read`);
  });
  return (100 * (after.TaskDuration - before.TaskDuration)) / (after.Timestamp - before.Timestamp);
}

async function metrics(devtools) {
  const { metrics: found } = await devtools.send("Performance.getMetrics");
  return Object.fromEntries(found.map(({ name, value }) => [name, value]));
}

const header = (place) =>
  `${JSON.stringify({ type: "session", version: 3, id: `s${place}`, timestamp: new Date().toISOString(), cwd: "/tmp" })}\n`;

/** A line of a transcript: one model call. */
function call(number) {
  const usage = { input: 1000 + (number % 500), output: 50, cacheRead: 300, cacheWrite: 0, totalTokens: 1350 };
  const message = {
    role: "assistant",
    content: [{ type: "text", text: "Done with this step; the next one follows." }],
    api: "anthropic-messages",
    provider: "anthropic",
    model: "claude-haiku-4-5",
    usage,
    stopReason: "stop",
    timestamp: Date.now(),
  };
  const id = number.toString(16).padStart(8, "0");
  return `${JSON.stringify({ type: "message", id, parentId: null, timestamp: new Date().toISOString(), message })}\n`;
}
