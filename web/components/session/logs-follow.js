// The lines of a log: asked for when scope or level change, and every two seconds while they are followed.
import { useEffect, useRef, useState } from "../../lib/html.js";
import { getJson } from "../../lib/api.js";

const EVERY_MS = 2000;
/** Older lines are let go, so that a log that is followed for days does not fill the page. */
export const MOST_LINES = 2000;
const FIRST = 200;
/** As many as the server tells at once. */
const NEXT = 1000;

/** What is known, and what came: numbered, so that a line stays the same line. Pure. */
export function append(before, answer) {
  const start = before?.next ?? 0;
  const isGap = (place) => place === 0 && Boolean(answer.gap);
  const fresh = answer.lines.map((line, place) => ({ ...line, id: start + place, isGap: isGap(place) }));
  const lines = [...(before?.lines ?? []), ...fresh];
  const { after, problem, source, file, masked } = answer;
  return {
    lines: lines.slice(-MOST_LINES),
    dropped: (before?.dropped ?? 0) + Math.max(0, lines.length - MOST_LINES),
    next: start + fresh.length,
    masked: (before?.masked ?? 0) + (masked ?? 0),
    after: after ?? before?.after ?? null,
    problem,
    source,
    file,
  };
}

const addressOf = ({ sessionKey, installation, scope, level }, after) => {
  const wanted = { scope, level, limit: after ? NEXT : FIRST, installation, after };
  const query = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value));
  return `api/sessions/${encodeURIComponent(sessionKey)}/logs?${query}`;
};

/** `isSeen()` says whether somebody looks: who does not, asks for nothing. */
export function useLogs(wanted, isFollowed, isSeen) {
  const question = addressOf(wanted);
  const [state, setState] = useState({ question: null, log: null, error: null });
  const follow = useRef(isFollowed);
  follow.current = isFollowed;
  const [turn, again] = useState(0);
  useEffect(() => {
    let [isOver, timer, log] = [false, null, null];
    const ask = async () => {
      if (!log || (follow.current && isSeen())) {
        try {
          const { data } = await getJson(addressOf(wanted, log?.after));
          if (isOver) return;
          // Where nothing came, nothing is drawn.
          const isNews = !log || data.lines.length > 0 || data.problem !== log.problem;
          log = append(log, data);
          if (isNews) setState({ question, log, error: null });
        } catch (problem) {
          if (isOver) return;
          setState({ question, log, error: String(problem.message ?? problem) });
        }
      }
      timer = setTimeout(ask, EVERY_MS);
    };
    ask();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [question, turn]);
  const isOld = state.question !== question;
  return { log: isOld ? null : state.log, error: isOld ? null : state.error, again: () => again(turn + 1) };
}
