// Whether somebody looks at this tab: for nobody nothing is asked.
import { signal } from "./html.js";

export const seen = signal(!document.hidden);
document.addEventListener("visibilitychange", () => {
  seen.value = !document.hidden;
});
