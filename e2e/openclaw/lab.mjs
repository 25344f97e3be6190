// A real OpenClaw in a home of its own, on free loopback ports, with the mock provider as its only model provider.
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { configuration } from "./config.mjs";
import { hasEnded, killProcess, runProcess, startProcess, stopProcess } from "./process.mjs";
import { startProvider } from "./mock-provider.mjs";
import { compileCache, nodePath, openclawPath, scratch } from "./places.mjs";
import { removeTraces } from "./traces.mjs";
import { until } from "./wait.mjs";

/** Makes home and configuration and starts the provider; `startGateway` starts OpenClaw itself. */
export async function openLab(version, { name = version, extra } = {}) {
  const home = path.join(scratch(), `${name}-${process.pid}`);
  const stateDir = path.join(home, ".openclaw");
  // Also where a test is interrupted: the children are killed by then (process.mjs).
  process.once("exit", () => removeTraces(home));
  for (const folder of [stateDir, path.join(home, "tmp")]) fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const provider = await startProvider();
  const port = await freePort();
  const token = randomUUID();
  const settings = configuration({ version, home, port, token, providerUrl: provider.url, extra });
  fs.writeFileSync(path.join(stateDir, "openclaw.json"), JSON.stringify(settings, null, 2), { mode: 0o600 });
  return new Lab({ version, home, stateDir, provider, port, token });
}

class Lab {
  #gateway = null;

  constructor(parts) {
    Object.assign(this, parts);
  }

  /** Nothing of the caller's own OpenClaw leaks in. */
  get #env() {
    const own = Object.entries(process.env).filter(([name]) => !/^(OPENCLAW_|FACTORY_|XDG_)/.test(name));
    return {
      ...Object.fromEntries(own),
      HOME: this.home,
      OPENCLAW_STATE_DIR: this.stateDir,
      OPENCLAW_GATEWAY_TOKEN: this.token,
      OPENCLAW_GATEWAY_PORT: String(this.port),
      TMPDIR: path.join(this.home, "tmp"),
      // Compiled code is kept from run to run. OpenClaw would start itself once more to move it into TMPDIR.
      NODE_COMPILE_CACHE: compileCache(),
      OPENCLAW_PACKAGED_COMPILE_CACHE_RESPAWNED: "1",
      PATH: `${path.dirname(nodePath())}${path.delimiter}${process.env.PATH ?? ""}`,
      NO_COLOR: "1",
      CI: "1",
      OPENCLAW_NO_RESPAWN: "1",
      OPENCLAW_SKIP_CHANNELS: "1",
      OPENCLAW_DISABLE_BONJOUR: "1",
    };
  }

  get #command() {
    return openclawPath(this.version);
  }

  /** Any command of OpenClaw; throws with its words when it fails. */
  async cli(...args) {
    const { code, stdout, stderr } = await runProcess(nodePath(), [this.#command, ...args], {
      env: this.#env,
      cwd: this.home,
    });
    if (code === 0) return stdout;
    throw new Error(`openclaw ${args.join(" ")}: exit ${code}\n${stdout.slice(-2000)}\n${stderr.slice(-2000)}`);
  }

  /** A call to the gateway. */
  async call(method, params = {}, ...options) {
    return JSON.parse(
      await this.cli("gateway", "call", method, "--json", "--params", JSON.stringify(params), ...options),
    );
  }

  async startGateway() {
    const log = path.join(this.home, "gateway.log");
    const args = [
      this.#command,
      "gateway",
      "run",
      "--allow-unconfigured",
      "--port",
      String(this.port),
      "--bind",
      "loopback",
    ];
    this.#gateway = startProcess(nodePath(), args, { env: this.#env, cwd: this.home, log });
    await until(
      "the gateway listens",
      () => {
        if (hasEnded(this.#gateway)) throw new Error(fs.readFileSync(log, "utf8").slice(-2000));
        return answers(this.port);
      },
      { seconds: 180 },
    );
    // Before 2026.7 the command is paired at its first call with only the scopes that this call asks for. A method
    // that nobody knows asks for all of them.
    await this.call("lab.pair").catch(() => {});
    await until("the gateway answers", () => this.call("health"), { seconds: 180 });
  }

  /**
   * One turn to its end; the answer says how it went. 2026.9.6 refuses about one first turn of an agent in twelve,
   * whether anybody else reads its database or not ("Agent database cleanup failed", "another OpenClaw process owns
   * state-lifecycle"), before it asks the provider, and may go on refusing until it is started anew: then it is
   * asked again, the second time by a new gateway.
   */
  async turn(agent, message, sessionKey = `agent:${agent}:main`) {
    const calls = this.provider.calls.length;
    for (let refusals = 0; ; refusals += 1) {
      try {
        const request = this.#request(agent, message, sessionKey);
        return await this.call("agent", request, "--expect-final", "--timeout", "170000");
      } catch (error) {
        if (refusals === 4 || this.provider.calls.length > calls) throw error;
        await (refusals === 0 ? sleep(1000) : this.#restartGateway());
      }
    }
  }

  /** One turn that goes on after this returns. */
  beginTurn(agent, message, sessionKey = `agent:${agent}:main`) {
    return this.call("agent", this.#request(agent, message, sessionKey));
  }

  #request(agentId, message, sessionKey) {
    return { agentId, sessionKey, message, idempotencyKey: randomUUID() };
  }

  async #restartGateway() {
    await this.stopGateway();
    await this.startGateway();
  }

  async stopGateway() {
    await stopProcess(this.#gateway);
    this.#gateway = null;
  }

  /** As a crash would. */
  async killGateway() {
    await killProcess(this.#gateway);
    this.#gateway = null;
  }

  async close() {
    await this.stopGateway();
    await this.provider.close();
    removeTraces(this.home);
  }
}

async function freePort() {
  const server = net.createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
