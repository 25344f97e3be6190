// How what OpenClaw counts itself stands against what is counted here, in words.
import { exact, exactMoney, tokens } from "./format.js";
import { t } from "./i18n.js";

const counted = (thing, n) => t(thing, { n, c: exact(n) });

/** `+610`, `−1.2k`: above zero where more is counted here. */
const signed = (value, show) => `${value < 0 ? "−" : "+"}${show(Math.abs(value))}`;

/** The difference in a few characters: of tokens; where those are equal, of the cost. */
export function difference({ difference: { tokens: count, cost }, reasons }) {
  if (count !== 0) return t("ocDifference", { difference: signed(count, tokens) });
  if (cost !== 0) return signed(cost, exactMoney);
  return t(reasons.some(({ reason }) => reason === "equal") ? "ocEqual" : "ocOtherKinds");
}

/** Whether both counts are the same. */
export const isEqual = ({ reasons }) => reasons.some(({ reason }) => reason === "equal");

/** Each reason as a sentence. */
export function sentences({ reasons }) {
  return reasons.map(({ reason, sessions, calls, tokens: count }) =>
    t(`oc_${reason}`, {
      sessions: counted("ocSessions", sessions),
      calls: counted("ocCalls", calls),
      records: counted("ocRecords", calls),
      tokens: counted("ocTokens", count),
    }),
  );
}

/** What OpenClaw itself says. */
export function statement(openclaw, age) {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, cost } = openclaw;
  const all = inputTokens + outputTokens + cacheReadTokens + cacheWriteTokens;
  return t("ocStatement", { tokens: counted("ocTokens", all), cost: exactMoney(cost), age });
}
