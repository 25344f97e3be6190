// What a browser gives and Node does not: just enough for the modules that read it when they are
// loaded. Import this file first. It deliberately knows nothing about the page.

/** Listeners by event name, so that a test can speak for the browser. */
const listeners = new Map();

const define = (name, value) => Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });

define("navigator", { languages: ["en-GB"], language: "en-GB" });
define("addEventListener", (name, listener) => listeners.set(name, [...(listeners.get(name) ?? []), listener]));
define("HTMLElement", class {});
define("document", { hidden: false, querySelector: () => null, addEventListener: () => {} });
define("location", { hash: "" });
define("history", {
  replaceState: (_state, _title, hash) => {
    location.hash = hash;
  },
});
define("localStorage", { getItem: () => null, setItem: () => {} });

/** Tells everybody who listens. */
export function dispatch(name, event = {}) {
  for (const listener of listeners.get(name) ?? []) listener(event);
}

/** Sets a global for one test and puts the old one back. */
export function replace(context, name, value) {
  const before = Object.getOwnPropertyDescriptor(globalThis, name);
  define(name, value);
  context.after(() => Object.defineProperty(globalThis, name, before));
}
