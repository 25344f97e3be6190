// The icons, brought into the document once: `<use href="icons.svg#…">` asks the server again for every icon that was
// not drawn before, and draws nothing while the server is down.
const AGAIN_MS = 2000;

/** No other element has such an id. */
export const iconId = (name) => `icon-${name}`;

/** Tries until it is there: the icons that were drawn before it appear with it. */
export async function bringIcons() {
  try {
    const response = await fetch("icons.svg");
    if (!response.ok) throw new Error(`${response.status}`);
    const sprite = new DOMParser().parseFromString(await response.text(), "image/svg+xml").documentElement;
    for (const symbol of sprite.querySelectorAll("symbol")) symbol.id = iconId(symbol.id);
    sprite.classList.add("fd-sprite");
    sprite.setAttribute("aria-hidden", "true");
    document.body.prepend(document.importNode(sprite, true));
  } catch {
    setTimeout(bringIcons, AGAIN_MS);
  }
}
