// Session rows as the server sends them, for tests; and chance that is the same every time.

let number = 0;

/** A row with everything that the page reads; what a test is about is given. */
export function row(given = {}) {
  number += 1;
  return {
    key: `agent:main:subagent:${String(number).padStart(6, "0")}`,
    sessionType: "subagent",
    status: "active",
    taskName: `subagent...${String(number).padStart(6, "0")}`,
    model: "claude-opus-4-5",
    inputTokens: 0,
    outputTokens: 0,
    totalTokens: 0,
    contextTokens: 200000,
    cost: 0,
    installation: "openclaw",
    agentId: "main",
    sessionId: null,
    kind: "subagent",
    channel: null,
    label: null,
    parentKey: null,
    childCount: 0,
    updatedAt: 1_000_000,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    contextPercent: 0,
    costLevel: "low",
    costBasis: "list",
    runState: "idle",
    lastError: null,
    statusReason: "",
    stuckSinceMs: null,
    calls: 0,
    unpricedCalls: 0,
    isRunning: false,
    isStuck: false,
    isFailed: false,
    ...given,
  };
}

/** A generator of numbers in [0, 1): the same seed, the same numbers. */
export function chance(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export const pick = (random, list) => list[Math.floor(random() * list.length)];

/** The same list in another order. */
export function shuffle(random, list) {
  const copy = [...list];
  for (let place = copy.length - 1; place > 0; place -= 1) {
    const other = Math.floor(random() * (place + 1));
    [copy[place], copy[other]] = [copy[other], copy[place]];
  }
  return copy;
}
