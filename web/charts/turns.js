// Turns of a session → shapes: context in use, cost for each and in all. Pure.

/** Turns whose context is known: a call that failed before it was read has none. */
export const known = (turns) =>
  turns.map((turn, place) => ({ place, value: turn.contextTokens })).filter(({ value }) => value > 0);

/** Where each place stands between `left` and `right`; one alone stands in the middle. */
export function across(count, left, right) {
  const step = count > 1 ? (right - left) / (count - 1) : 0;
  return (place) => (count > 1 ? left + place * step : (left + right) / 2);
}

/** The place that is nearest to `x`. */
export function nearest(x, count, left, right) {
  if (count < 2) return 0;
  return Math.round(((x - left) / (right - left)) * (count - 1));
}

/** Compactions between turns: before the turn that came next. Those before the first turn that is listed are left out. */
export function between(turns, compactions) {
  return compactions
    .map((one) => ({ ...one, place: turns.filter(({ at }) => at <= one.at).length - 0.5 }))
    .filter(({ place }) => place > 0);
}

const fixed = (number) => Number(number.toFixed(1));

/** The line through points, and the area below it down to `floor`. */
export function linePath(points) {
  return points.map(([x, y], index) => `${index ? "L" : "M"}${fixed(x)} ${fixed(y)}`).join("");
}
export function areaPath(points, floor) {
  if (points.length < 2) return "";
  return `${linePath(points)}L${fixed(points.at(-1)[0])} ${floor}L${fixed(points[0][0])} ${floor}Z`;
}

/** How far a float may be off before it is a difference. */
const DUST = 1e-6;

/** So many turns share a bar that every bar can be seen. */
export const perBar = (count, most) => Math.max(1, Math.ceil(count / Math.max(1, most)));

/** Bars of `size` turns: what they cost, how many have no price, how many failed and what those cost. */
export function bars(turns, size) {
  const list = [];
  for (let from = 0; from < turns.length; from += size) {
    const part = turns.slice(from, from + size);
    const sum = (some) => some.reduce((all, { cost }) => all + (cost ?? 0), 0);
    const failed = part.filter(({ error, stop }) => Boolean(error) || stop === "error");
    list.push({
      from,
      to: from + part.length - 1,
      cost: sum(part),
      unpriced: part.filter(({ cost }) => cost === null).length,
      failed: failed.length,
      failedCost: sum(failed),
    });
  }
  return list;
}

/**
 * The running total at the end of each bar. It ends at what the whole session cost, so it begins with what is not
 * listed: `earlier`.
 */
export function totals(list, whole) {
  const listed = list.reduce((sum, { cost }) => sum + cost, 0);
  const rest = whole === null ? 0 : whole - listed;
  const earlier = rest > DUST ? rest : 0;
  let sum = earlier;
  const sums = list.map(({ cost }) => {
    sum += cost;
    return sum;
  });
  return { earlier, sums };
}
