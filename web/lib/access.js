// Who this browser is to the server: whether sessions may be acted on, and by whom.
import { signal } from "./html.js";
import { route } from "./router.js";

/** `control` is `off`, `signIn` or `allowed`. Until the server has said so, nothing is. */
export const access = signal({ control: "off", reader: null, csrf: null });

/** Asks the server; false where it says nothing to who has not signed in. */
export async function readAccess() {
  const response = await fetch("api/access", { cache: "no-cache" }).catch(() => null);
  const isOut = response?.status === 401;
  if (isOut) access.value = { control: "signIn", reader: null, csrf: null };
  // Otherwise what was known stays; without an answer nothing could be done anyway.
  else if (response?.ok) access.value = await response.json();
  return !isOut;
}

/** Where to sign in, and come back to what is shown. */
export function signInHref() {
  return `sign-in?next=${encodeURIComponent(route.value && location.hash ? location.hash : "#/")}`;
}

/** Where reading needs a sign-in, what is shown is left, and with it the push that still brings more. */
export async function signOut() {
  const headers = { "X-CSRF-Token": access.value.csrf ?? "" };
  await fetch("sign-out", { method: "POST", headers }).catch(() => null);
  if (!(await readAccess())) location.assign(signInHref());
}
