// One running OpenClaw with the dashboard that watches it and a browser, and the names that a test gives to sessions.
import assert from "node:assert/strict";
import path from "node:path";
import { openBrowser } from "../support/browser.mjs";
import { startDashboard } from "../support/dashboard.mjs";
import { eventually, getJson } from "../support/page.mjs";
import { openLab } from "./lab.mjs";
import { groupsEqual, totalsEqual, totalsStay } from "./ledger.mjs";
import { closeTo, dollarsOf, tokensOf, tokensShown, totalsShown } from "./truth.mjs";
import { until } from "./wait.mjs";

export const PATIENCE_MS = 60_000;

export class World {
  /** Model calls for the summary of a compaction: they stand in no transcript, so no reader can know of them. */
  #summaries = new Set();

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

  /** The dashboard is there before any agent has worked. */
  async open() {
    this.lab = await openLab(this.version);
    await this.lab.startGateway();
    await this.startDashboard();
    this.browser = await openBrowser();
  }

  async close() {
    await this.browser?.close();
    await this.dashboard?.stop();
    await this.lab?.close();
  }

  /** Always with the same data folder: the ledger in it is as old as this world. */
  async startDashboard() {
    this.dashboard = await this.#serve({ dataDir: path.join(this.lab.home, "dashboard") });
  }

  /** A second dashboard, whose ledger is empty. It ends with the test. */
  freshDashboard(context) {
    return this.#serve({ context });
  }

  #serve(options) {
    return startDashboard(this.arguments, options);
  }

  /** Files alone: what a gateway is asked makes OpenClaw write files of its own. */
  get arguments() {
    return ["serve", "--state-dir", this.lab.stateDir, "--source", "files"];
  }

  get server() {
    return this.dashboard;
  }

  /** Every model call of a session, with the key of that session. */
  get calls() {
    return this.lab.provider.calls
      .filter((call) => !this.#summaries.has(call))
      .map((call) => ({ ...call, key: this.keys[call.session] }));
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

  /** OpenClaw's own word for what the session's transcript is called now. */
  async sessionId(name) {
    const { sessions } = await this.lab.call("sessions.list");
    return sessions.find((row) => row.key === this.keys[name]).sessionId;
  }

  async deleteSession(name, deleteTranscript) {
    const { deleted } = await this.lab.call("sessions.delete", { key: this.keys[name], deleteTranscript });
    assert.equal(deleted, true, name);
  }

  async reset(name) {
    assert.equal((await this.lab.call("sessions.reset", { key: this.keys[name] })).ok, true, name);
  }

  /** A summary takes the place of what was said. */
  async compact(name) {
    const { calls } = this.lab.provider;
    const before = calls.length;
    const answer = await this.lab.call("sessions.compact", { key: this.keys[name] }, "--timeout", "60000");
    assert.equal(answer.compacted, true, answer.reason);
    const summaries = calls.slice(before);
    assert.ok(summaries.length > 0, "the provider was asked for a summary");
    summaries.forEach((call) => this.#summaries.add(call));
  }

  /** The ledger equals the provider's record, whatever OpenClaw has deleted since. */
  ledgerAgrees() {
    return eventually(async () => {
      await totalsEqual(this.dashboard, this.calls);
      await groupsEqual(this.dashboard, this.calls);
    }, PATIENCE_MS);
  }

  /** The dashboard is away while `work` is done, and its ledger says the same from its first answer on. */
  async ledgerStaysThrough(work) {
    await this.ledgerAgrees();
    await this.dashboard.stop();
    await work();
    await this.startDashboard();
    await totalsStay(this.dashboard, this.calls);
    await this.ledgerAgrees();
  }

  /**
   * Every listed session and the sum over all equal the provider's record, but for the sessions named as deleted.
   * In the ledger nothing is deleted.
   */
  agrees({ deleted = [], dashboard = this.dashboard } = {}) {
    return eventually(async () => {
      const answer = await getJson(dashboard.url, "api/sessions");
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
      const { sources } = await getJson(dashboard.url, "api/sources");
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
        this.calls.every((call) => call.key),
        "every call has a name",
      );
      await totalsEqual(dashboard, this.calls);
      // Of what was deleted before a ledger began, it may not know whose it was.
      if (dashboard === this.dashboard) await groupsEqual(dashboard, this.calls);
    }, PATIENCE_MS);
  }
}

function sameSession(row, calls, name) {
  assert.deepEqual(tokensShown(row), tokensOf(calls), name);
  closeTo(row.cost, dollarsOf(calls), name);
  assert.equal(row.calls, calls.length, name);
}
