// One conversation as it is loaded: the newest page, older ones, what comes later, what is searched for.
import { getJson } from "./api.js";
import { begun, trimmed, withNewer, withOlder } from "./conversation.js";
import { signal } from "./html.js";

export const PAGE = 50;
/** A conversation that grows faster than one page is asked for the rest at once, this often. */
const CATCH_UP = 20;

/** Messages above one that is looked up. */
const ABOVE = 20;

/** `ahead`: between what is known and the newest there is more; `target`: the message that was looked up. */
const FIRST = { known: null, loading: null, problem: null, query: "", ahead: false, target: null };

/** `path` is that of the session; `installation` names it where another one holds the same key. */
export function createConversation(path, installation, get = getJson) {
  const state = signal(FIRST);
  /** Answers to an earlier question are not taken. */
  let turn = 0;
  let isPolling = false;

  const set = (change) => {
    state.value = { ...state.value, ...change };
  };

  function ask(parameters) {
    const { query } = state.value;
    const given = { ...parameters, limit: parameters.limit ?? PAGE, q: query, installation };
    const present = Object.entries(given).filter(([, value]) => value);
    return get(`${path}/messages?${new URLSearchParams(present)}`).then(({ data }) => data);
  }

  async function load(kind, parameters, taken) {
    const mine = turn;
    set({ loading: kind, problem: null });
    try {
      const answer = await ask(parameters);
      if (mine === turn) set({ known: taken(state.value.known, answer), loading: null });
    } catch (problem) {
      if (mine === turn) set({ loading: null, problem });
    }
  }

  function first() {
    turn += 1;
    set({ ahead: false, target: null });
    return load("first", {}, (_known, answer) => begun(answer));
  }

  /** What stands around a message, wherever it is. An `after` that is its own place begins with it. */
  async function around(id) {
    turn += 1;
    const mine = turn;
    set({ query: "", known: null, loading: "first", problem: null, ahead: false, target: id });
    try {
      const [above, below] = await Promise.all([ask({ before: id, limit: ABOVE }), ask({ after: id })]);
      if (mine !== turn) return;
      const known = withNewer(begun({ ...above, after: below.after }), below);
      set({ known: { ...known, after: below.after }, loading: null, ahead: below.messages.length >= PAGE });
    } catch (problem) {
      if (mine === turn) set({ loading: null, problem });
    }
  }

  return {
    state,
    first,
    around,
    /** The next page towards the newest, where a message further back was looked up. */
    async later() {
      const { known, loading, ahead } = state.value;
      if (!ahead || loading) return;
      let count = 0;
      await load("later", { after: known.after }, (before, answer) => {
        count = answer.messages.length;
        return withNewer(before, answer);
      });
      if (!state.value.problem && count < PAGE) set({ ahead: false });
    },
    older(limit) {
      const { known, loading } = state.value;
      if (!known?.before || loading) return undefined;
      return load("older", { before: known.before, limit }, withOlder);
    },
    /** What came since; a search is of what was there when it was asked. */
    async newer() {
      const { known, loading, query, ahead } = state.value;
      if (isPolling || query || ahead || loading === "first") return;
      if (!known?.after) return void first();
      isPolling = true;
      const mine = turn;
      try {
        for (let times = 0; times < CATCH_UP; times += 1) {
          const answer = await ask({ after: state.value.known.after });
          if (mine !== turn) return;
          const next = withNewer(state.value.known, answer);
          if (next !== state.value.known) set({ known: next, problem: null });
          if (answer.reset || answer.messages.length < PAGE) return;
        }
      } catch {
        // The next time it is asked again; what is known stays.
      } finally {
        isPolling = false;
      }
    },
    /** Lets the oldest of very many go: for who reads the newest. */
    trim() {
      const { known, query, ahead, loading } = state.value;
      if (!known || query || ahead || loading) return;
      const kept = trimmed(known);
      if (kept !== known) set({ known: kept });
    },
    search(query) {
      if (query === state.value.query) return undefined;
      set({ query, known: null });
      return first();
    },
    end() {
      turn += 1;
    },
  };
}
