// One running OpenClaw with the dashboard that watches it and a browser, and the names that a test gives to sessions.
import assert from "node:assert/strict";
import { openBrowser } from "../support/browser.mjs";
import { startDashboard } from "../support/dashboard.mjs";
import { eventually, getJson } from "../support/page.mjs";
import { openLab } from "./lab.mjs";
import { dollarsOf, tokensOf, tokensShown, totalsShown } from "./truth.mjs";
import { until } from "./wait.mjs";

export const PATIENCE_MS = 60_000;
const MILLIONTH = 1e-6;

export class World {
  constructor(version) {
    this.version = version;
    this.keys = {
      main: "agent:main:main",
      research: "agent:research:main",
      failing: "agent:ops:main",
      custom: "agent:ops:longrun",
      kept: "agent:ops:kept",
    };
  }

  /** The dashboard comes when agents have worked for a while. */
  async open(work) {
    this.lab = await openLab(this.version);
    await this.lab.startGateway();
    await work(this);
    await this.startDashboard();
    this.browser = await openBrowser();
  }

  async close() {
    await this.browser?.close();
    await this.dashboard?.stop();
    await this.lab?.close();
  }

  async startDashboard() {
    this.dashboard = await startDashboard(["serve", "--state-dir", this.lab.stateDir, "--source", "files"]);
  }

  get server() {
    return this.dashboard;
  }

  get calls() {
    return this.lab.provider.calls;
  }

  callsOf(name) {
    return this.calls.filter((call) => call.session === name);
  }

  sessions() {
    return getJson(this.dashboard.url, "api/sessions");
  }

  async session(name) {
    return (await this.sessions()).sessions.find((row) => row.key === this.keys[name]);
  }

  /** OpenClaw's own word for the key of a session that it named itself. */
  async learnKey(name, isIt) {
    this.keys[name] = await until(
      `OpenClaw lists ${name}`,
      async () => (await this.lab.call("sessions.list")).sessions.find(isIt)?.key,
    );
  }

  /** Every listed session and the sum over all equal the provider's record, but for the sessions named as deleted. */
  agrees({ deleted = [] } = {}) {
    return eventually(async () => {
      const answer = await this.sessions();
      const names = Object.keys(this.keys).filter((name) => !deleted.includes(name));
      assert.deepEqual(answer.sessions.map((row) => row.key).sort(), names.map((name) => this.keys[name]).sort());
      for (const name of names)
        sameSession(
          answer.sessions.find((row) => row.key === this.keys[name]),
          this.callsOf(name),
          name,
        );
      const listed = this.calls.filter((call) => names.includes(call.session));
      assert.deepEqual(totalsShown(answer), tokensOf(listed), "all sessions");
      closeTo(answer.tokenStats.totalCost, dollarsOf(listed), "all sessions");
      // Deleted sessions have cost what they have cost.
      closeTo(answer.tokenStats.spentLastHour, dollarsOf(this.calls), "the last hour");
      assert.equal(answer.coverage.callsRead, this.calls.length, "every call is read, failed ones too");
      const { sources } = await getJson(this.dashboard.url, "api/sources");
      assert.deepEqual(
        sources.flatMap((source) => source.skipped),
        [],
      );
      assert.equal(answer.coverage.linesSkipped, 0);
      assert.ok(
        this.calls.every((call) => call.completed || call.error),
        "no call is open",
      );
      assert.ok(
        this.calls.every((call) => call.session in this.keys),
        "every call has a name",
      );
    }, PATIENCE_MS);
  }
}

function sameSession(row, calls, name) {
  assert.deepEqual(tokensShown(row), tokensOf(calls), name);
  closeTo(row.cost, dollarsOf(calls), name);
  assert.equal(row.calls, calls.length, name);
}

function closeTo(shown, expected, what) {
  assert.ok(Math.abs(shown - expected) < MILLIONTH, `${what}: ${shown} is not ${expected}`);
}
