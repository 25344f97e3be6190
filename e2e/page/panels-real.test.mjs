// The panels of sessions that a real OpenClaw recorded, with a log that is written while it is read.
import assert from "node:assert/strict";
import { appendFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "node:test";
import en from "../../web/lib/words-panels-en.js";
import { money } from "../../web/lib/format.js";
import { eventually, region, stage } from "../support/page.mjs";

const folder = mkdtempSync(path.join(tmpdir(), "factory-dashboard-panels-"));
const state = path.join(folder, "state");
const logFile = path.join(folder, "openclaw.log");
cpSync(new URL("../../fixtures/openclaw/2026.9.6/state-dir", import.meta.url), state, { recursive: true });
writeFileSync(path.join(state, "openclaw.json"), JSON.stringify({ logging: { file: logFile } }));
writeFileSync(logFile, "");
test.after(() => rmSync(folder, { recursive: true, force: true }));

const here = await stage(test, ["--state-dir", state, "--source", "files"]);
const KEY = "agent:main:main";
const hash = (tab = "") => `#/sessions/${encodeURIComponent(KEY)}${tab && `?tab=${tab}`}`;
const detail = () => here.get(`api/sessions/${encodeURIComponent(KEY)}`);
const text = async (place) => (await place.innerText()).replace(/\s+/g, " ");

test("each run of the transcript, the newest with the subagent that it started", async (context) => {
  const page = await here.open(context, { hash: hash("runs"), ready: false });
  const { runs } = await detail();
  const list = page.getByRole("list", { name: en.pRuns });
  await list.waitFor();
  assert.equal(await list.getByRole("listitem").count(), runs.length);
  const panel = region(page, en.pTimeline);
  assert.match(await text(panel), new RegExp(`run ${runs.length} of ${runs.length}`));
  const child = runs.at(-1).steps.find(({ kind }) => kind === "subagent");
  await panel.getByRole("button", { name: /^subagent/ }).click();
  await page.waitForURL((url) => url.hash.includes(encodeURIComponent(child.childKey)));
  await page.goBack();
  await panel.waitFor();
});

test("the cost is that of the ledger, and the last turn reaches it", async (context) => {
  const page = await here.open(context, { hash: hash(), ready: false });
  const { usage, turns } = await detail();
  const panel = region(page, en.pCostPerTurn);
  await panel.getByRole("group").focus();
  await page.keyboard.press("End");
  await eventually(async () =>
    assert.match(await text(panel.locator("[aria-live=polite]")), new RegExp(`turn ${turns.length} `)),
  );
  assert.ok((await text(panel)).includes(`${money(usage.cost)} in all`));
  const until = Number(/Until then \$([\d.]+)/.exec(await text(panel))[1]);
  assert.ok(Math.abs(until - usage.cost) < 1e-6);
});

test("the family of the transcript's session, each with its own page", async (context) => {
  const page = await here.open(context, { hash: hash(), ready: false });
  const { family } = await detail();
  const panel = region(page, en.pFamily);
  await panel.waitFor();
  assert.equal(await panel.getByRole("listitem").count(), family.length);
  assert.match(await text(panel), /1 main, 2 subagents, 2 levels/);
});

test("a failed call and its provider's words", async (context) => {
  const page = await here.open(context, {
    hash: `#/sessions/${encodeURIComponent("agent:ops:main")}?tab=errors`,
    ready: false,
  });
  await page.getByText("400 mock provider error 400").last().waitFor();
});

test("lines that OpenClaw writes appear while the log is followed", async (context) => {
  const page = await here.open(context, { hash: hash("logs"), ready: false });
  await page.getByRole("heading", { name: en.pLogNone }).waitFor();
  const write = (message, logLevelName = "INFO") =>
    appendFileSync(
      logFile,
      `${JSON.stringify({ 0: JSON.stringify({ subsystem: "gateway/ws" }), 1: message, _meta: { logLevelName, date: new Date().toISOString() }, time: new Date().toISOString() })}\n`,
    );
  write(`lane task done: lane=session:${KEY} <b>bold</b>`);
  write("of nobody");
  write(`failed: session ${KEY}`, "ERROR");
  const log = page.getByRole("log");
  await eventually(async () => assert.equal(await log.getByRole("listitem").count(), 2));
  assert.match(
    await text(log),
    /info gateway\/ws lane task done: lane=session:agent:main:main <b>bold<\/b>.*error .*failed/,
  );
  await page.getByRole("button", { name: en.pScope_gateway }).click();
  await eventually(async () => assert.equal(await log.getByRole("listitem").count(), 3));
  assert.equal(await log.getByText(en.pMine, { exact: true }).count(), 2);
  await page.getByRole("button", { name: en.pLevel_error }).click();
  await eventually(async () => assert.equal(await log.getByRole("listitem").count(), 1));
});
