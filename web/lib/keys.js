// The keyboard: one listener; a page says what each key does. Typing into a field is left alone.
const actions = new Map();
let pending = null;

export function onKey(name, action) {
  actions.set(name, action);
  return () => {
    if (actions.get(name) === action) actions.delete(name);
  };
}

function isTyping(target) {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (isTyping(event.target) && key !== "Escape") return;
  // Enter on a link or a button is the element's own.
  if (key === "Enter" && event.target.closest?.("a, button, summary")) return;
  const name = pending ? `${pending} ${key}` : key;
  pending = !pending && key === "g" ? "g" : null;
  if (pending) {
    setTimeout(() => {
      pending = null;
    }, 1500);
    return;
  }
  if (document.querySelector("dialog[open]") && key !== "Escape") return;
  const action = actions.get(name);
  // Escape closes what is open first.
  if (key === "Escape" && document.querySelector("dialog[open], [popover]:popover-open")) return;
  if (action) {
    event.preventDefault();
    action(event);
  }
});
