// How a conversation is asked for: first page, older pages, what came since, a search.
import "./globals.js";
import assert from "node:assert/strict";
import test from "node:test";

const { createConversation, PAGE } = await import("../lib/conversation-store.js");

const message = (number) => ({ id: String(number), kind: "user", parts: [] });
const range = (from, to) => Array.from({ length: to - from }, (_, place) => message(from + place));

/** A server with so many messages; what it was asked stands in `asked`. */
function server(count) {
  const self = { count, asked: [], fails: false };
  self.get = async (path) => {
    const query = Object.fromEntries(new URL(path, "http://x").searchParams);
    self.asked.push(query);
    if (self.fails) throw new Error("away");
    const limit = Number(query.limit);
    // As the server has it: `after` is the place of the next message, and the id of a message is its own place.
    const from = query.after ? Number(query.after) : Math.max(0, Number(query.before ?? self.count) - limit);
    const to = query.after ? Math.min(self.count, from + limit) : Number(query.before ?? self.count);
    const messages = query.q ? range(0, self.count).filter(({ id }) => id.includes(query.q)) : range(from, to);
    const before = query.after || query.q || from === 0 ? null : String(from);
    return { data: { messages, before, after: String(to), reset: false, searched: null, masked: 0 } };
  };
  return self;
}
const shown = (store) => store.state.value.known.messages.map(({ id }) => Number(id));

test("the newest page first, then older ones until the beginning", async () => {
  const far = server(120);
  const store = createConversation("api/sessions/k", "lab", far.get);
  await store.first();
  assert.deepEqual([shown(store)[0], shown(store).length], [70, PAGE]);
  assert.deepEqual(far.asked[0], { limit: String(PAGE), installation: "lab" });
  await store.older();
  await store.older();
  assert.deepEqual(
    shown(store),
    Array.from({ length: 120 }, (_, place) => place),
  );
  assert.equal(await store.older(), undefined, "the beginning is reached");
});

test("what came since is asked for until there is no more", async () => {
  const far = server(10);
  const store = createConversation("api/sessions/k", undefined, far.get);
  await store.first();
  far.count = 130;
  await store.newer();
  assert.equal(shown(store).length, 130);
  assert.equal(far.asked.length, 1 + 3);
  await store.newer();
  assert.equal(shown(store).length, 130);
});

test("a failure leaves what is known, and the next question mends it", async () => {
  const far = server(60);
  const store = createConversation("api/sessions/k", undefined, far.get);
  await store.first();
  far.fails = true;
  await store.older();
  assert.match(store.state.value.problem.message, /away/);
  await store.newer();
  assert.equal(shown(store).length, PAGE);
  far.fails = false;
  await store.older();
  assert.deepEqual([shown(store).length, store.state.value.problem], [60, null]);
});

test("a search stands alone; an answer to an earlier question is not taken", async () => {
  const far = server(60);
  const store = createConversation("api/sessions/k", undefined, far.get);
  const first = store.first();
  const search = store.search("59");
  await Promise.all([first, search]);
  assert.deepEqual(shown(store), [59]);
  await store.newer();
  assert.equal(far.asked.filter(({ after }) => after).length, 0, "nothing is added to a search");
  await store.search("");
  assert.equal(shown(store).length, PAGE);
});

test("a message far back is shown with what stands around it; later pages follow until the newest", async () => {
  const far = server(300);
  const store = createConversation("api/sessions/k", undefined, far.get);
  await store.search("42");
  await store.around("142");
  assert.deepEqual([shown(store)[0], shown(store).at(-1)], [122, 191]);
  assert.deepEqual([store.state.value.ahead, store.state.value.target, store.state.value.query], [true, "142", ""]);
  await store.newer();
  assert.equal(shown(store).at(-1), 191, "what is between is not skipped");
  for (let times = 0; times < 3; times += 1) await store.later();
  assert.deepEqual([shown(store).at(-1), store.state.value.ahead], [299, false]);
  far.count = 302;
  await store.newer();
  await store.older();
  assert.deepEqual([shown(store)[0], shown(store).at(-1), shown(store).length], [72, 301, 230]);
  await store.around("1");
  await store.first();
  assert.deepEqual([shown(store)[0], store.state.value.ahead], [252, false]);
});

test("of very many messages the newest stay; those before can be asked for again", async () => {
  const far = server(60);
  const store = createConversation("api/sessions/k", undefined, far.get);
  await store.first();
  far.count = 900;
  await store.newer();
  store.trim();
  assert.deepEqual([shown(store).length, shown(store)[0]], [890, 10], "not yet very many");
  far.count = 1500;
  await store.newer();
  store.trim();
  assert.deepEqual([shown(store).length, shown(store)[0], shown(store).at(-1)], [500, 1000, 1499]);
  await store.older();
  await store.older();
  assert.deepEqual([shown(store).length, shown(store)[0], shown(store)[100]], [600, 900, 1000]);
});
