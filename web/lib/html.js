// The one place that knows the view library: markup, hooks, and signals read by components.
// No component imports the vendored files itself.
import { h, render } from "../vendor/preact-11.2.0.js";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "../vendor/preact-hooks-11.2.0.js";
import htm from "../vendor/htm-3.1.1.js";
import { signal, computed, effect, batch } from "../vendor/signals-core-1.14.5.js";

export const html = htm.bind(h);
export { render, useEffect, useLayoutEffect, useMemo, useRef, useState, signal, computed, effect, batch };

/** A component that is drawn again only when one of its properties is another one. */
export function memo(Drawn) {
  function Kept(props) {
    this.shouldComponentUpdate = (next) => {
      const names = Object.keys(next);
      return names.length !== Object.keys(this.props).length || names.some((name) => next[name] !== this.props[name]);
    };
    return h(Drawn, props);
  }
  return Kept;
}

/** The value of a signal; the component is drawn again when it changes. */
export function useSignal(source) {
  const [value, set] = useState(source.value);
  useEffect(() => effect(() => set(() => source.value)), [source]);
  return value;
}
