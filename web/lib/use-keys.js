// Keys of what is shown: they work as soon as it can be seen, not a frame later.
import { useLayoutEffect } from "./html.js";
import { onKey } from "./keys.js";

/** What each key does while the component is shown; taken anew when one of `deps` has changed. */
export function useKeys(actions, deps = []) {
  useLayoutEffect(() => {
    const undo = Object.entries(actions).map(([name, action]) => onKey(name, action));
    return () => undo.forEach((one) => one());
  }, deps);
}
