// Paints stacked bars, the rest of a bar that is not finished, and the running total onto the chart's canvas.
import { color } from "./chart.js";

/** How much of a bucket's place its bar fills; where places are this narrow, all of it, without lines between parts. */
const FILL = 0.72;
const NARROW = 6;
const FAINT = 0.35;

/** The left edge and width of a bar, in whole pixels of the canvas. */
function column(chart, place) {
  const wide = chart.valToPos(1, "x", true) - chart.valToPos(0, "x", true);
  const half = (wide < NARROW * devicePixelRatio ? 1 : FILL) / 2;
  const [from, to] = [chart.valToPos(place - half, "x", true), chart.valToPos(place + half, "x", true)];
  return [Math.round(from), Math.max(1, Math.round(to) - Math.round(from))];
}

function paintBar(chart, context, pixel, { series, only }, place) {
  const [x, width] = column(chart, place);
  let sum = 0;
  for (const { id, values, paint } of series) {
    const [bottom, top] = [chart.valToPos(sum, "y", true), chart.valToPos(sum + values[place], "y", true)];
    sum += values[place];
    const height = Math.round(bottom) - Math.round(top);
    if (height <= 0) continue;
    context.globalAlpha = only && only !== id ? FAINT : 1;
    context.fillStyle = paint;
    // A line of the surface between two parts, where there is room for one.
    const gap = height > 2 * pixel && width > NARROW * pixel ? pixel : 0;
    context.fillRect(x, Math.round(top) + gap, width, height - gap);
  }
  context.globalAlpha = 1;
}

/** Dashes around what may still come, or around the bar itself, and the word that it goes on. */
function paintOpen(chart, context, pixel, { open, totals, rest, canvasFont }) {
  const [x, width] = column(chart, open.place);
  const [low, high] = [rest ? totals[open.place] : 0, rest ?? totals[open.place]];
  const [bottom, top] = [Math.round(chart.valToPos(low, "y", true)), Math.round(chart.valToPos(high, "y", true))];
  context.strokeStyle = color("--chart-axis");
  context.lineWidth = pixel;
  context.setLineDash([3 * pixel, 3 * pixel]);
  const half = pixel / 2;
  if (bottom - top > 2 * pixel) context.strokeRect(x + half, top + half, width - pixel, bottom - top - pixel);
  context.setLineDash([]);
  context.font = canvasFont(500);
  context.fillStyle = color("--chart-line");
  context.textBaseline = "bottom";
  const { left, width: wide, top: ceiling } = chart.bbox;
  const reach = context.measureText(open.word).width / 2;
  const middle = Math.max(left + reach, Math.min(left + wide - reach, x + width / 2));
  context.textAlign = "center";
  const foot = Math.max(top - 4 * pixel, ceiling + 12 * pixel);
  context.strokeStyle = color("--surface");
  context.lineWidth = 4 * pixel;
  context.strokeText(open.word, middle, foot);
  context.fillText(open.word, middle, foot);
}

/** The running total: ink on a halo of the surface, so that it is seen on every colour. */
function paintSums(chart, context, pixel, sums) {
  const path = new Path2D();
  const first = sums.findIndex((sum) => sum !== null);
  sums.forEach((sum, place) => {
    if (sum === null) return;
    const [x, y] = [chart.valToPos(place, "x", true), chart.valToPos(sum, "sum", true)];
    if (place === first) path.moveTo(x, y);
    else path.lineTo(x, y);
  });
  context.lineJoin = "round";
  for (const [stroke, width, alpha] of [
    [color("--surface"), 5, 0.85],
    [color("--chart-line"), 1.5, 1],
  ]) {
    context.globalAlpha = alpha;
    context.strokeStyle = stroke;
    context.lineWidth = width * pixel;
    context.stroke(path);
  }
  context.globalAlpha = 1;
}

/** `given` is what the chart was given, with the colours of now. */
export function paint(chart, given) {
  const context = chart.ctx;
  const pixel = devicePixelRatio || 1;
  const { left, top, width, height } = chart.bbox;
  const series = given.series.map((one) => ({ ...one, paint: color(one.color) }));
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  given.totals.forEach((_, place) => paintBar(chart, context, pixel, { series, only: given.only }, place));
  paintSums(chart, context, pixel, given.sums);
  if (given.open) paintOpen(chart, context, pixel, given);
  context.restore();
}
