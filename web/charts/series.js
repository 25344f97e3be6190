// Figures → shapes. Pure.
/** An SVG path through values, in a box of width × height; a flat line lies low. */
export function path(values, width, height) {
  if (values.length === 0) return "";
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const scale = high > low ? height / (high - low) : 0;
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  return values
    .map(
      (value, place) =>
        `${place ? "L" : "M"}${(place * step).toFixed(1)} ${(height - (value - low) * scale).toFixed(1)}`,
    )
    .join("");
}

/** The height of the last value in that box. */
export function lastY(values, height) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return high > low ? height - ((values.at(-1) - low) / (high - low)) * height : height;
}

/** Change against an earlier value, in whole per cents; null where there was nothing. */
export function change(now, before) {
  return before > 0 ? Math.round((now / before - 1) * 100) : null;
}

/** The scale of a chart: whole time steps in seconds, and values. */
export function points(startMs, stepMs, values) {
  return [values.map((_, place) => (startMs + place * stepMs) / 1000), values];
}
