// Axes and shades: where lines stand, which words fit, how dark a figure is. Pure.
const NICE = [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** The smallest round step that is not below `least`. */
export function niceStep(least) {
  if (!(least > 0)) return 1;
  const unit = 10 ** Math.floor(Math.log10(least));
  // A value that is round itself stays, whatever its last bit says.
  const factor = NICE.find((one) => one * unit >= least * (1 - 1e-9)) ?? 10;
  return Number((factor * unit).toPrecision(12));
}

/** `count` equal steps from 0 that hold `highest`. Whole steps for what cannot be halved. */
export function lines(highest, count = 4, isWhole = false) {
  const least = niceStep(highest / count);
  const step = isWhole ? Math.max(1, Math.ceil(least)) : least;
  return Array.from({ length: count + 1 }, (_, place) => Number((place * step).toPrecision(12)));
}

const STEPS = {
  hour: [1, 2, 3, 6, 12, 24, 48, 72, 168],
  day: [1, 2, 7, 14, 28, 56, 112],
  week: [1, 2, 4, 8, 13, 26, 52],
  month: [1, 2, 3, 6, 12, 24, 60, 120],
};

/** The places of the buckets that get a word, when no more than `most` fit. */
export function ticks(buckets, bucket, most) {
  const room = Math.max(1, most);
  const step = STEPS[bucket].find((one) => buckets.length / one <= room) ?? Math.ceil(buckets.length / room);
  const places = buckets.map((_, place) => place);
  if (bucket !== "hour") return places.filter((place) => place % step === 0);
  // Hours by what the clock says, so that a day of 23 or 25 hours keeps its words in place.
  const hours = buckets.map(({ start }) => Number(start.slice(11, 13)));
  const isFirst = (place) => place === 0 || hours[place] !== hours[place - 1];
  if (step < 24) return places.filter((place) => hours[place] % step === 0 && isFirst(place));
  const midnights = places.filter((place) => hours[place] === 0 && isFirst(place));
  return midnights.filter((_, number) => number % (step / 24) === 0);
}

const DARKEST = 6;

/** Seven steps on a square-root scale; 0 is nothing, and the least of something is not 0. */
export function heat(value, highest) {
  if (!(value > 0) || !(highest > 0)) return 0;
  return Math.min(DARKEST, Math.max(1, Math.ceil(Math.sqrt(value / highest) * DARKEST - 1e-9)));
}
