// One conversation as it is loaded: the newest page, older ones, what comes later, what is searched for.
import { getJson } from "./api.js";
import { begun, withNewer, withOlder } from "./conversation.js";
import { signal } from "./html.js";

export const PAGE = 50;
/** A conversation that grows faster than one page is asked for the rest at once, this often. */
const CATCH_UP = 20;

const FIRST = { known: null, loading: null, problem: null, query: "" };

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
    return load("first", {}, (_known, answer) => begun(answer));
  }

  return {
    state,
    first,
    older(limit) {
      const { known, loading } = state.value;
      if (!known?.before || loading) return undefined;
      return load("older", { before: known.before, limit }, withOlder);
    },
    /** What came since; a search is of what was there when it was asked. */
    async newer() {
      const { known, loading, query } = state.value;
      if (isPolling || query || loading === "first") return;
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
