// The keyboard: which key does what, and when it is left to the browser.
import { dispatch, replace } from "./globals.js";
import assert from "node:assert/strict";
import test from "node:test";

const { onKey } = await import("../lib/keys.js");

class Field extends HTMLElement {
  constructor(tagName, isContentEditable = false) {
    super();
    Object.assign(this, { tagName, isContentEditable });
  }
  closest() {
    return null;
  }
}

const elsewhere = { closest: () => null };
const link = { closest: () => ({}) };

/** Presses keys, and says whether the browser's own meaning was stopped. */
function press(key, { target = elsewhere, ...given } = {}) {
  let stopped = false;
  dispatch("keydown", {
    key,
    target,
    preventDefault: () => {
      stopped = true;
    },
    ...given,
  });
  return stopped;
}

/** Counts how often a key acts. */
function counted(context, name) {
  const count = { times: 0 };
  context.after(
    onKey(name, () => {
      count.times += 1;
    }),
  );
  return count;
}

test("a key acts, in either case, and its own meaning is stopped", (context) => {
  const r = counted(context, "r");
  assert.equal(press("r"), true);
  assert.equal(press("R"), true);
  assert.equal(r.times, 2);
});

test("a key that means nothing here is left alone", () => assert.equal(press("x"), false));

test("with control, command or alternative, and while a syllable is composed, keys are the browser's", (context) => {
  const r = counted(context, "r");
  for (const held of ["ctrlKey", "metaKey", "altKey", "isComposing"])
    assert.equal(press("r", { [held]: true }), false, held);
  assert.equal(r.times, 0);
});

test("while somebody types, only Escape is heard", (context) => {
  const [r, escape] = [counted(context, "r"), counted(context, "Escape")];
  for (const field of [new Field("INPUT"), new Field("TEXTAREA"), new Field("SELECT"), new Field("DIV", true)]) {
    assert.equal(press("r", { target: field }), false);
    press("Escape", { target: field });
  }
  assert.deepEqual([r.times, escape.times], [0, 4]);
});

test("Enter on a link or a button is its own", (context) => {
  const enter = counted(context, "Enter");
  assert.equal(press("Enter", { target: link }), false);
  assert.equal(press("Enter"), true);
  assert.equal(enter.times, 1);
});

test("two keys after each other", (context) => {
  const [overview, o] = [counted(context, "g o"), counted(context, "o")];
  press("g");
  press("o");
  press("o");
  assert.deepEqual([overview.times, o.times], [1, 1]);
  press("g");
  press("x");
  press("o");
  assert.deepEqual([overview.times, o.times], [1, 2], "another key in between ends it");
});

test("the second key is not waited for without end", (context) => {
  const overview = counted(context, "g o");
  const timers = [];
  replace(context, "setTimeout", (action) => timers.push(action));
  press("g");
  timers.forEach((action) => action());
  press("o");
  assert.equal(overview.times, 0);
});

test("behind an open dialog keys rest, Escape does not", (context) => {
  const [r, escape] = [counted(context, "r"), counted(context, "Escape")];
  replace(context, "document", { ...document, querySelector: (selector) => (selector === "dialog[open]" ? {} : null) });
  press("r");
  press("Escape");
  assert.deepEqual([r.times, escape.times], [0, 1]);
});

test("who lets go of a key does not take it from who has it now", (context) => {
  let first = 0;
  const undo = onKey("z", () => {
    first += 1;
  });
  const second = counted(context, "z");
  undo();
  press("z");
  assert.deepEqual([first, second.times], [0, 1]);
});
