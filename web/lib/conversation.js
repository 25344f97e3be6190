// What is known of a conversation, how an answer changes it, and which result belongs to which call. Pure.

/** `before` leads to what is older (null: the beginning is reached), `after` to what comes later. */
export function begun({ messages, before, after, masked = 0, searched = null }) {
  return { messages, before, after, masked, searched };
}

const unknownTo = (known, messages) => {
  const ids = new Set(known.map(({ id }) => id));
  return messages.filter(({ id }) => !ids.has(id));
};

/** An older page stands before what is known. */
export function withOlder(state, { messages, before, masked = 0, searched = null }) {
  const added = unknownTo(state.messages, messages);
  return { ...state, messages: [...added, ...state.messages], before, masked: state.masked + masked, searched };
}

/**
 * What came later stands behind it; after a reset the newest page is all there is. Where a transcript went and none
 * has come in its place, what was read stays.
 */
export function withNewer(state, answer) {
  if (answer.reset) return answer.messages.length > 0 ? begun(answer) : state;
  const added = unknownTo(state.messages, answer.messages);
  if (added.length === 0 && answer.after === state.after) return state;
  const messages = added.length > 0 ? [...state.messages, ...added] : state.messages;
  return { ...state, messages, after: answer.after, masked: state.masked + (answer.masked ?? 0) };
}

/** So many messages are kept of one that is followed; older ones can be asked for again. */
const MOST = 1000;
const KEPT = 500;

/** The newest messages of very many; the first of them names where those before it end. */
export function trimmed(state) {
  if (state.messages.length <= MOST) return state;
  const messages = state.messages.slice(-KEPT);
  return { ...state, messages, before: messages[0].id };
}

/** Each message with the results of its calls, by the place of the part; a result without its call stands alone. */
function paired(messages) {
  const items = [];
  const waiting = new Map();
  for (const message of messages) {
    const call = message.kind === "tool" ? waiting.get(message.callId) : undefined;
    if (call) {
      call.item.results[call.place] = message;
      waiting.delete(message.callId);
      continue;
    }
    const item = { id: message.id, message, results: [] };
    items.push(item);
    message.parts?.forEach((part, place) => {
      if (part.type === "toolCall" && part.callId) waiting.set(part.callId, { item, place });
    });
  }
  return items;
}

const isSame = (one, other) => one.length === other.length && one.every((result, place) => result === other[place]);

/** Gives `items(messages)`: an item for which nothing has changed stays the same object, and is not drawn again. */
export function createPairing() {
  const known = new WeakMap();
  return (messages) =>
    paired(messages).map((item) => {
      const before = known.get(item.message);
      if (before && isSame(before.results, item.results)) return before;
      known.set(item.message, item);
      return item;
    });
}

/** How many items follow the one that was the last; all of them where it is no more. */
export function countAfter(items, lastId) {
  const place = items.findLastIndex(({ id }) => id === lastId);
  return items.length - 1 - place;
}

const dayOf = (at) => new Date(at).toDateString();

/** Whether the item begins another day than the last one before it that has a time. */
export function daysOf(items) {
  let last = null;
  return items.map(({ message: { at } }) => {
    if (!at) return null;
    const day = dayOf(at);
    const begins = day !== last ? at : null;
    last = day;
    return begins;
  });
}

/** What became of a call: its result says so; without one it waits as it is said, or nothing is known. */
export function outcomeOf(result, waits) {
  if (!result) return waits || "none";
  if (result.isError || (result.exitCode ?? 0) !== 0) return "failed";
  return result.status === "running" ? "running" : "done";
}
