// What the server pushes, put into what is known: a snapshot and messages give a snapshot. Pure.
// A row that did not change stays the same object, so that nothing draws it again.
import { idOf } from "./status.js";

/** Parts of a snapshot that a change brings whole. */
const WHOLE = ["stats", "tokenStats", "taskQueue", "coverage", "total", "fetchedAt"];
/** The page ages rows itself: these two change without anything having happened. */
const OF_AGE = ["ageMs", "ageFormatted"];

const isSame = (a, b) => a === b || (typeof a === "object" && JSON.stringify(a) === JSON.stringify(b));

function isSameRow(a, b) {
  const names = Object.keys(b);
  return (
    names.length === Object.keys(a).length && names.every((name) => OF_AGE.includes(name) || isSame(a[name], b[name]))
  );
}

/** A fresh snapshot, with the known object of every row that says what it said before. */
export function replace(known, fresh) {
  if (!known) return fresh;
  const before = new Map(known.sessions.map((row) => [idOf(row), row]));
  const keep = (row) => {
    const old = before.get(idOf(row));
    return old && isSameRow(old, row) ? old : row;
  };
  return { ...fresh, sessions: fresh.sessions.map(keep) };
}

/** `removed` names both installation and key; an older server knows `removes` alone, by key. */
function isGone({ removed, removes = [] }) {
  if (removed) {
    const ids = new Set(removed.map(idOf));
    return (row) => ids.has(idOf(row));
  }
  return (row) => removes.includes(row.key);
}

function change(sessions, message) {
  const { upserts = [], removed, removes } = message;
  let next = [...sessions];
  if ((removed ?? removes ?? []).length > 0) {
    const gone = isGone(message);
    next = next.filter((row) => !gone(row));
  }
  if (upserts.length === 0) return next;
  const places = new Map(next.map((row, place) => [idOf(row), place]));
  for (const row of upserts) {
    const place = places.get(idOf(row));
    if (place === undefined) places.set(idOf(row), next.push(row) - 1);
    else if (!isSameRow(next[place], row)) next[place] = row;
  }
  return next;
}

function applyOne(known, message) {
  if (message.type === "hello") return replace(known, message.snapshot);
  if (message.type !== "change" || !known) return known;
  const isQuiet = [message.upserts, message.removed, message.removes].every((list) => !list?.length);
  const next = { ...known, sessions: isQuiet ? known.sessions : change(known.sessions, message) };
  for (const name of WHOLE) if (message[name] !== undefined) next[name] = message[name];
  return next;
}

/** The snapshot after some messages, in their order. */
export const apply = (known, messages) => messages.reduce(applyOne, known);

/**
 * What a message means for the count: `seq` is of the last one, null before `hello` and after `resync`.
 * Gives the new count and what to do: `use` it, `skip` it, or ask for everything again because of a `gap`.
 */
export function follow(seq, message) {
  if (message?.type === "hello") return { seq: message.seq ?? null, does: "use" };
  if (message?.type === "resync") return { seq: null, does: "skip" };
  if (typeof message?.seq !== "number" || seq === null) return { seq, does: "skip" };
  if (message.seq !== seq + 1) return { seq: null, does: "gap" };
  return { seq: message.seq, does: message.type === "change" ? "use" : "skip" };
}
