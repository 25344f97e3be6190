// What a test opens is closed when it ends: the last first, so that no page outlives its server.
const stacks = new WeakMap();

/** Calls `undo` when the test of this context ends, however it ends. Every step is tried; the first failure is told. */
export function whenDone(context, undo) {
  const known = stacks.get(context);
  if (known) return void known.push(undo);
  const stack = [undo];
  stacks.set(context, stack);
  context.after(async () => {
    const failures = [];
    while (stack.length > 0)
      await Promise.resolve()
        .then(stack.pop())
        .catch((error) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  });
}
