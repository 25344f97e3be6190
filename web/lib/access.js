// Who this browser is to the server: whether sessions may be acted on, and by whom.
import { signal } from "./html.js";
import { getJson } from "./api.js";
import { route } from "./router.js";

/** `control` is `off`, `signIn` or `allowed`. Until the server has said so, nothing is. */
export const access = signal({ control: "off", reader: null, csrf: null });

export async function readAccess() {
  try {
    access.value = (await getJson("api/access")).data;
  } catch {
    // What was known stays; without an answer nothing could be done anyway.
  }
}

/** Where to sign in, and come back to what is shown. */
export function signInHref() {
  return `sign-in?next=${encodeURIComponent(route.value && location.hash ? location.hash : "#/")}`;
}

export async function signOut() {
  const headers = { "X-CSRF-Token": access.value.csrf ?? "" };
  await fetch("sign-out", { method: "POST", headers }).catch(() => null);
  await readAccess();
}
