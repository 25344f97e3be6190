// The connection that the server pushes through: a WebSocket, else server-sent events, else a later try.
// It knows nothing of sessions. Whoever makes it is told `message` by message, and `live` or `down` with the next try.
import { follow } from "./deltas.js";

/** The server speaks at least every 10 s: a longer silence is a dead connection, whatever the browser thinks. */
export const SILENCE_MS = 25_000;
/** How long a connection may take to say `hello`. */
export const HELLO_MS = 8_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** Gaps closer together than this are a fault of the server, not of the way: asking at once would not help. */
const OFTEN_MS = 5_000;
const WAYS = ["socket", "events"];

/** How long to wait before try number `count`: twice as long each time, spread so that pages do not come all at once. */
export function backOff(count, random = Math.random) {
  const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** count);
  return Math.max(FIRST_WAIT_MS, most * (0.5 + random() / 2));
}

/**
 * `open[way](told, ended)` opens a connection and gives the function that closes it.
 * `told(onMessage, onState)` as above; `clock` has setTimeout, clearTimeout, now; `random` is 0 to 1.
 */
export function createPush({ open, onMessage, onState, clock, random }) {
  let close = null;
  let timer = null;
  let seq = null;
  let tries = 0;
  let lastGap = -Infinity;
  /** The way that worked last is tried first: a proxy that lets no WebSocket through is not asked each time. */
  let first = 0;
  /** Every attempt has a number: what an earlier one still has to say is not heard. */
  let attempt = 0;

  const wait = (ms, action) => {
    clock.clearTimeout(timer);
    timer = clock.setTimeout(action, ms);
  };

  function end() {
    attempt += 1;
    clock.clearTimeout(timer);
    close?.();
    close = null;
    seq = null;
  }

  function rest() {
    const ms = backOff(tries, random);
    tries += 1;
    wait(ms, connect);
    onState({ is: "down", retryAt: clock.now() + ms });
  }

  function hear(text, place) {
    let message;
    try {
      message = JSON.parse(text);
    } catch {
      return fail();
    }
    const next = follow(seq, message);
    seq = next.seq;
    wait(SILENCE_MS, fail);
    if (next.does === "gap") return mend();
    if (message.type === "hello") {
      [tries, first] = [0, place];
      onState({ is: "live" });
    }
    if (next.does === "use") onMessage(message);
  }

  /** With a gap the only way to all that happened is a new `hello`; what is shown stays until then. */
  function mend() {
    const isOften = clock.now() - lastGap < OFTEN_MS;
    lastGap = clock.now();
    return isOften ? fail() : connect();
  }

  function fail() {
    end();
    rest();
  }

  function attemptWay(turn) {
    end();
    if (turn === WAYS.length) return rest();
    const place = (first + turn) % WAYS.length;
    const mine = attempt;
    let hasSpoken = false;
    const ended = () => {
      if (mine !== attempt) return;
      if (hasSpoken) fail();
      else attemptWay(turn + 1);
    };
    const told = (text) => {
      if (mine !== attempt) return;
      hasSpoken = true;
      hear(text, place);
    };
    wait(HELLO_MS, ended);
    try {
      close = open[WAYS[place]](told, ended);
    } catch {
      ended();
    }
  }

  function connect() {
    attemptWay(0);
  }

  return {
    connect,
    /** Tries now, unless a connection is up or on its way, or none was ever wanted. */
    retry() {
      if (close || attempt === 0) return;
      tries = 0;
      connect();
    },
    close: end,
  };
}
