// Waiting for something to become true, with a generous limit and a clear word when it does not.
import { setTimeout as sleep } from "node:timers/promises";

/** Asks again until the answer is truthy, and gives it. Errors of `ask` are kept for the message. */
export async function until(what, ask, { seconds = 60, every = 250 } = {}) {
  const end = Date.now() + seconds * 1000;
  let last = null;
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (answer) return answer;
    } catch (error) {
      last = error;
    }
    await sleep(every);
  }
  throw new Error(`not within ${seconds} s: ${what}${last ? ` (${last.message})` : ""}`);
}
