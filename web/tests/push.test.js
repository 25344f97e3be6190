// The connection: which way is taken, when it counts as dead, when it is tried again. With false sockets and timers.
import assert from "node:assert/strict";
import test from "node:test";
import { backOff, createPush, HELLO_MS, SILENCE_MS } from "../lib/push.js";

/** A world in which time passes when told, and connections are lines in a list. */
function world() {
  const self = { time: 0, timers: new Map(), opened: [], messages: [], states: [] };
  let number = 0;
  const way = (name) => (told, ended) => {
    const line = { name, isOpen: true, say: (message) => told(JSON.stringify(message)), told, ended };
    self.opened.push(line);
    return () => {
      line.isOpen = false;
    };
  };
  self.pass = (ms) => {
    const end = self.time + ms;
    for (;;) {
      const [next] = [...self.timers].filter(([, { at }]) => at <= end).sort((a, b) => a[1].at - b[1].at);
      if (!next) break;
      self.timers.delete(next[0]);
      self.time = next[1].at;
      next[1].action();
    }
    self.time = end;
  };
  self.push = createPush({
    open: { socket: way("socket"), events: way("events") },
    onMessage: (message) => self.messages.push(message.seq),
    onState: (state) => self.states.push(state),
    clock: {
      setTimeout: (action, ms) => {
        self.timers.set((number += 1), { at: self.time + ms, action });
        return number;
      },
      clearTimeout: (timer) => self.timers.delete(timer),
      now: () => self.time,
    },
    random: () => 1,
  });
  self.last = () => self.opened.at(-1);
  self.names = () => self.opened.map(({ name }) => name).join(" ");
  self.state = () => self.states.at(-1);
  return self;
}
const hello = (seq = 1) => ({ type: "hello", seq, snapshot: {} });
const change = (seq) => ({ type: "change", seq });

function live() {
  const here = world();
  here.push.connect();
  here.last().say(hello());
  return here;
}

test("a WebSocket that says hello is live, and gives message after message", () => {
  const here = live();
  here.last().say(change(2));
  here.last().say(change(3));
  assert.deepEqual([here.names(), here.state(), here.messages], ["socket", { is: "live" }, [1, 2, 3]]);
});

test("without a WebSocket the events are taken, and then first again", () => {
  const here = world();
  here.push.connect();
  here.last().ended();
  assert.equal(here.last().name, "events");
  here.last().say(hello());
  here.last().ended();
  here.pass(1000);
  assert.equal(here.names(), "socket events events");
});

test("a connection that opens and says nothing is no connection", () => {
  const here = world();
  here.push.connect();
  here.pass(HELLO_MS);
  assert.deepEqual([here.names(), here.opened[0].isOpen], ["socket events", false]);
  here.pass(HELLO_MS);
  assert.deepEqual(here.state(), { is: "down", retryAt: here.time + 1000 });
});

test("a way that throws is tried no further", () => {
  const here = world();
  const states = [];
  const broken = () => {
    throw new Error("not allowed here");
  };
  createPush({
    open: { socket: broken, events: broken },
    onMessage: () => {},
    onState: (state) => states.push(state.is),
    clock: { setTimeout: () => 0, clearTimeout: () => {}, now: () => here.time },
    random: () => 1,
  }).connect();
  assert.deepEqual(states, ["down"]);
});

test("it tries again, later each time, to half a minute; a hello begins the waits anew", () => {
  const here = world();
  here.push.connect();
  const waits = [];
  for (let round = 0; round < 7; round += 1) {
    here.last().ended();
    here.last().ended();
    waits.push(here.state().retryAt - here.time);
    here.pass(waits.at(-1));
  }
  assert.deepEqual(waits, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  here.last().say(hello());
  here.last().ended();
  assert.equal(here.state().retryAt - here.time, 1000);
});

test("waits are spread, and never shorter than a second", () => {
  assert.deepEqual(
    [backOff(0, () => 0), backOff(3, () => 0), backOff(3, () => 1), backOff(90, () => 1)],
    [1000, 4000, 8000, 30_000],
  );
});

test("silence of 25 s is death, also where the browser notices nothing", () => {
  const here = live();
  here.pass(SILENCE_MS - 1);
  here.last().say(change(2));
  here.pass(SILENCE_MS - 1);
  assert.equal(here.state().is, "live");
  here.pass(1);
  assert.deepEqual([here.state().is, here.opened[0].isOpen], ["down", false]);
  here.pass(1000);
  here.last().say(hello(7));
  assert.deepEqual([here.state().is, here.messages], ["live", [1, 2, 7]]);
});

test("a gap asks for everything again, without a word of trouble", () => {
  const here = live();
  here.last().say(change(3));
  assert.deepEqual([here.names(), here.opened[0].isOpen, here.messages], ["socket socket", false, [1]]);
  here.opened[0].say(change(4));
  here.last().say(hello(9));
  here.last().say(change(10));
  assert.deepEqual(
    [here.messages, here.states.map(({ is }) => is)],
    [
      [1, 9, 10],
      ["live", "live"],
    ],
  );
});

test("gap upon gap is no reason to ask at once again and again", () => {
  const here = live();
  here.last().say(change(3));
  here.last().say(hello(1));
  here.last().say(change(3));
  assert.deepEqual([here.names(), here.state().is], ["socket socket", "down"]);
});

test("resync: nothing is taken until the hello that follows on the same connection", () => {
  const here = live();
  here.last().say({ type: "resync" });
  here.last().say(change(2));
  here.last().say(hello(5));
  here.last().say(change(6));
  assert.deepEqual([here.names(), here.messages], ["socket", [1, 5, 6]]);
});

test("what is no JSON is no push", () => {
  const here = live();
  here.last().told("<html>a proxy speaks");
  assert.equal(here.state().is, "down");
});

test("whoever is in a hurry tries now, but not beside a connection that is there", () => {
  const here = live();
  here.push.retry();
  assert.equal(here.names(), "socket");
  here.last().ended();
  here.push.retry();
  assert.equal(here.names(), "socket socket");
});
