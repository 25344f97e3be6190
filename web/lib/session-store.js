// One opened session: its figures are asked for anew when its row has changed.
import { getJson } from "./api.js";
import { signal, useEffect, useMemo, useRef, useSignal } from "./html.js";
import { seen } from "./seen.js";
import { beat, rows } from "./store.js";

/** While a session works its row changes all the time; so often it is asked for at most. */
const REST_MS = 3000;

const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";
export const pathOf = (key) => `api/sessions/${encodeURIComponent(key)}`;

/** `at` names the installation where several hold the key. */
export function createSession(key, at, get = getJson) {
  const state = signal({ detail: null, problem: null });
  let askedAt = -Infinity;
  let timer = null;
  let isEnded = false;
  let isAsking = false;
  let isWanted = false;

  async function load() {
    timer = null;
    if (isAsking) {
      isWanted = true;
      return;
    }
    [isAsking, isWanted, askedAt] = [true, false, Date.now()];
    const query = new URLSearchParams({ tz: zone(), ...(at ? { installation: at } : {}) });
    try {
      const { data } = await get(`${pathOf(key)}?${query}`);
      if (!isEnded) state.value = { detail: data, problem: null };
    } catch (problem) {
      // What was shown stays; a session that was never shown says why.
      if (!isEnded) state.value = { ...state.value, problem };
    } finally {
      isAsking = false;
      if (isWanted && !isEnded) again();
    }
  }

  /** Soon, and not too often. */
  function again() {
    if (isEnded || timer) return;
    timer = setTimeout(load, Math.max(0, askedAt + REST_MS - Date.now()));
  }

  return {
    state,
    load,
    again,
    end() {
      isEnded = true;
      clearTimeout(timer);
    },
  };
}

/** The row of the list with this key; where two installations hold it, that of the one named. */
export function rowOf(all, key, at) {
  const found = all.filter((row) => row.key === key && (!at || row.installation === at));
  return found.length === 1 || at ? (found[0] ?? null) : null;
}

/** The session of the address, as it is now: `detail` of the server, the live `row`, what went wrong. */
export function useSession(key, at) {
  const session = useMemo(() => createSession(key, at), [key, at]);
  const { detail, problem } = useSignal(session.state);
  const row = rowOf(useSignal(rows), key, at ?? detail?.installation);
  const shown = useRef(null);
  useEffect(() => {
    session.load();
    return session.end;
  }, [session]);
  const isSeen = useSignal(seen);
  useEffect(() => {
    // It is being asked for already when it is opened.
    if (isSeen && shown.current === session) session.again();
    shown.current = session;
  }, [session, row, isSeen]);
  // What could not be read is tried again with the next refresh.
  const turn = useSignal(beat);
  useEffect(() => {
    if (problem && isSeen) session.again();
  }, [session, turn]);
  return { detail, problem, row, again: session.again };
}
