// Drawing in frames, with a bound: however fast messages come, drawing them takes a part of the time, not all of it.

/** After a drawing that took some time the page rests this many times as long: at most a quarter is spent. */
const REST = 3;
/** A hidden page has no frames, and nobody who waits. */
const HIDDEN_MS = 1000;

/** Gives `ask()`, after which `draw` runs once in a frame soon; asking again before that is the same. */
export function createFrames(draw) {
  let isAsked = false;
  let restUntil = 0;

  function run() {
    if (!isAsked) return;
    isAsked = false;
    const from = performance.now();
    draw();
    // What follows the drawing (layout, paint) is over when the next task begins.
    setTimeout(() => {
      const end = performance.now();
      restUntil = end + REST * (end - from);
    });
  }

  function inFrame() {
    if (document.hidden) setTimeout(run, HIDDEN_MS);
    else requestAnimationFrame(run);
  }

  return {
    ask() {
      if (isAsked) return;
      isAsked = true;
      const rest = restUntil - performance.now();
      if (rest > 0) setTimeout(inFrame, rest);
      else inFrame();
    },
    /** Draws now what was asked for: before the page is hidden, after it is shown. */
    run,
  };
}
