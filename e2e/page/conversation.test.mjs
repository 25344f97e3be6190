// What was said in a session: read, folded, paged, searched, exported; live while it goes on.
import assert from "node:assert/strict";
import { readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { openBrowser } from "../support/browser.mjs";
import { startDashboard } from "../support/dashboard.mjs";
import { en, eventually, openPage } from "../support/page.mjs";
import { assistant, call, result, talks, text, Transcript, user } from "../support/transcript.mjs";

const KEY = "agent:main:main";
const HASH = `#/sessions/${encodeURIComponent(KEY)}`;
/** Looks like a key of a provider, and is none. */
const SECRET = `sk-ant-api03-${"aB3dE6gH9jK2mN5pQ8sT1vW4yZ7".repeat(3)}-AAAAAAAA`;

let browser;
test.before(async () => {
  browser = await openBrowser();
});
test.after(() => browser.close());

async function open(context, messages, options = {}, args = []) {
  const { folder, transcripts } = await talks(context, { [KEY]: { label: "the talk", messages } });
  const server = await startDashboard(["serve", "--state-dir", folder, "--refresh", "1", ...args], { context });
  const page = await openPage(context, { server, browser }, { hash: HASH, ready: false, ...options });
  return {
    page,
    server,
    folder,
    transcript: transcripts[KEY],
    talk: page.getByRole("region", { name: en.convMessages }),
  };
}
const articles = (talk) => talk.getByRole("article");
const long = (count) =>
  Array.from({ length: count }, (_, place) => [
    user(`question ${place}`),
    assistant(`answer ${place}\n\n- one\n- two`),
  ]).flat();

const WORK = [
  user(`Use ${SECRET} and **go**.`),
  assistant(
    [
      { type: "thinking", thinking: "a thought about it" },
      text("I run `ls`.\n\n| a | b |\n|---|---|\n| 1 | 2 |"),
      call("c1", "exec", { command: "ls -la" }),
      call("c2", "read", { path: "src/lib.rs" }),
    ],
    { stopReason: "toolUse" },
  ),
  result("c1", "exec", "total 0", { exitCode: 101, durationMs: 48_000 }),
  result("c2", "read", "pub mod lib;", { exitCode: 0, durationMs: 20 }),
  { type: "compaction", summary: "what was kept of it", firstKeptEntryId: "x", tokensBefore: 186_000 },
  assistant([], { stopReason: "error", errorMessage: "529 the model is overloaded" }),
  assistant("not whole", { stopReason: "aborted" }),
];

test("who said what, with tokens and cost; calls in one line with what became of them", async (context) => {
  const { page, talk } = await open(context, WORK);
  await eventually(async () => assert.equal(await articles(talk).count(), 5));
  const [asked, worked] = await articles(talk).all();
  assert.match(await asked.innerText(), /User[^]*Use masked: [a-z-]+ and go\./);
  assert.equal(await asked.locator("strong").innerText(), "go");
  assert.match(await worked.innerText(), /claude-haiku-4-5[^]*in 1\.2k · cache 56\.0k · out 34 · <\$0\.01/);
  const folds = await worked.locator("summary").allInnerTexts();
  assert.deepEqual(
    folds.map((one) => one.replace(/\s+/g, " ").trim()),
    ["Thinking a thought about it", "exec ls -la exit 101 · 48s", "read src/lib.rs exit 0 · 20 ms"],
  );
  assert.equal(await worked.getByRole("table").count(), 1);
  await worked.locator("summary").nth(1).click();
  await worked.getByText("total 0").waitFor();
  await worked.getByText('"command": "ls -la"').waitFor();
  await worked.getByRole("button", { name: en.convCopyCode }).last().click();
  await eventually(async () => assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "total 0"));
  await talk.getByText(/Context compacted at .*, 186k tokens before/).waitFor();
  await talk.getByText("529 the model is overloaded").waitFor();
  await talk.getByText(en.convAborted, { exact: true }).waitFor();
  await talk.getByText("1 secret masked").waitFor();
  assert.ok(!(await page.content()).includes(SECRET), "the secret is nowhere");
});

/** The first message that is seen, and where. What has just come into view is drawn first: it takes a frame or two. */
const place = (talk) =>
  talk.evaluate(async (box) => {
    const look = () => {
      const edge = box.getBoundingClientRect().top;
      const first = [...box.querySelectorAll("article")].find((one) => one.getBoundingClientRect().bottom > edge + 1);
      return { id: first.dataset.id, top: Math.round(first.getBoundingClientRect().top - edge) };
    };
    const frame = () => new Promise(requestAnimationFrame);
    let [seen, same] = [look(), 0];
    while (same < 5) {
      await frame();
      const now = look();
      same = now.id === seen.id && now.top === seen.top ? same + 1 : 0;
      seen = now;
    }
    return seen;
  });

for (const [width, height] of [
  [1440, 900],
  [390, 844],
]) {
  test(`${width} wide: the newest page first; older ones come on the way up, and what is read stays`, async (context) => {
    const { talk } = await open(context, long(130), { width, height });
    await talk.getByText("answer 129").waitFor();
    await eventually(async () => assert.equal(await articles(talk).count(), 50));
    const isAtEnd = () => talk.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight < 4);
    await eventually(async () => assert.ok(await isAtEnd(), "it begins at the end"));
    for (const count of [100, 150]) {
      await talk.evaluate((box) => {
        box.scrollTop = 250;
      });
      const before = await place(talk);
      await eventually(async () => assert.ok((await articles(talk).count()) >= count));
      const after = await place(talk);
      assert.equal(after.id, before.id, "the same message");
      assert.ok(Math.abs(after.top - before.top) <= 1, `${after.top} is where ${before.top} was`);
    }
    for (let step = 0; step < 40 && !(await talk.getByText(en.convBeginning).count()); step += 1) {
      await talk.evaluate((box) => {
        box.scrollTop = 0;
      });
      await new Promise((resolve) => {
        setTimeout(resolve, 100);
      });
    }
    assert.equal(await articles(talk).count(), 260);
    assert.equal(new Set(await articles(talk).evaluateAll((all) => all.map((one) => one.dataset.id))).size, 260);
  });
}

test("live: at the end it stays there; elsewhere what is new is counted, and nothing moves", async (context) => {
  const { page, talk, transcript } = await open(context, long(40));
  await talk.getByText("answer 39").waitFor();
  await transcript.add(assistant("came while looking"));
  await talk.getByText("came while looking").waitFor();
  const isSeen = (words) =>
    talk.getByText(words).evaluate((one) => {
      const [box, own] = [one.closest("[role=region]"), one].map((each) => each.getBoundingClientRect());
      return own.top >= box.top && own.bottom <= box.bottom + 1;
    });
  await eventually(async () => assert.ok(await isSeen("came while looking")));
  await talk.evaluate((box) => {
    box.scrollTop = 1200;
  });
  await eventually(async () => assert.ok((await articles(talk).count()) > 0));
  const before = await place(talk);
  await transcript.add(user("and another"), assistant("and its answer"));
  const more = page.getByRole("button", { name: "2 new messages" });
  await more.waitFor();
  assert.deepEqual(await place(talk), before);
  await more.click();
  await eventually(async () => assert.ok(await isSeen("and its answer")));
  assert.equal(await more.count(), 0);
});

test("a call gets its result when it comes", async (context) => {
  const { talk, transcript } = await open(context, [
    user("go"),
    assistant([call("c1", "exec", { command: "sleep 1" })], { stopReason: "toolUse" }),
  ]);
  const fold = talk.locator("summary");
  await fold.waitFor();
  await fold.click();
  await transcript.add(result("c1", "exec", "slept", { exitCode: 0, durationMs: 1000 }));
  await fold.getByText("exit 0 · 1.0s").waitFor();
  await talk.getByText("slept").waitFor();
  assert.equal(await articles(talk).count(), 2, "the result is no message of its own");
});

test("a call that spawned a subagent leads to it", async (context) => {
  const child = "agent:main:subagent:one";
  const spawned = result("c1", "sessions_spawn", "accepted", { childSessionKey: child });
  const { talk } = await open(context, [user("go"), assistant([call("c1", "sessions_spawn", {})]), spawned]);
  await talk.locator("summary").click();
  const way = await talk.getByRole("link", { name: en.convOpenChild }).getAttribute("href");
  assert.equal(way, `#/sessions/${encodeURIComponent(child)}`);
});

test("reset while it is open: the old stays above, the new goes on below", async (context) => {
  const { talk, folder } = await open(context, long(5));
  await talk.getByText("answer 4").waitFor();
  const place = path.join(folder, "agents", "main", "sessions");
  const entries = JSON.parse(await readFile(path.join(place, "sessions.json"), "utf8"));
  const before = entries[KEY].sessionId;
  const sessionId = before.replace(/.$/, "9");
  const stamp = new Date().toISOString().replaceAll(":", "-");
  await new Transcript(path.join(place, `${sessionId}.jsonl`), Date.now()).begin(sessionId, [user("begun anew")]);
  await rename(path.join(place, `${before}.jsonl`), path.join(place, `${before}.jsonl.reset.${stamp}`));
  entries[KEY] = { ...entries[KEY], sessionId, updatedAt: Date.now() };
  await writeFile(path.join(place, "sessions.json"), JSON.stringify(entries));
  await talk.getByText("begun anew").waitFor();
  const ids = await articles(talk).evaluateAll((all) => all.map((one) => one.dataset.id));
  assert.equal(new Set(ids).size, ids.length, "nothing twice");
  await talk.getByText("answer 4").waitFor();
});

test("a search is the server's; hits are marked and walked; one of them is shown where it stands", async (context) => {
  const messages = long(120);
  messages[20] = user("the needle in an old message");
  messages[21] = assistant([call("n1", "exec", { command: "find needle" })], { stopReason: "toolUse" });
  messages[200] = assistant("a newer NEEDLE, and the needle again");
  const { page, talk } = await open(context, messages);
  await talk.getByText("answer 119").waitFor();
  await page.keyboard.press("/");
  const box = page.getByRole("searchbox", { name: en.convSearch });
  await box.fill("needle");
  await page.getByText("3 messages", { exact: true }).waitFor();
  assert.equal(await articles(talk).count(), 3);
  await eventually(async () =>
    assert.deepEqual(
      (await talk.locator("mark").allInnerTexts()).map((one) => one.toLowerCase()),
      Array(4).fill("needle"),
    ),
  );
  assert.match(page.url(), /find=needle/);
  await box.press("Enter");
  await eventually(async () => assert.equal(await talk.locator("mark.is-current").count(), 1));
  await box.blur();
  await page.keyboard.press("n");
  await eventually(async () => assert.equal(await talk.locator("mark").nth(1).getAttribute("class"), "is-current"));
  await page.keyboard.press("p");
  await eventually(async () => assert.equal(await talk.locator("mark").nth(0).getAttribute("class"), "is-current"));
  await articles(talk).first().getByRole("button", { name: en.convShowThere }).click();
  await talk.getByText("answer 9", { exact: true }).waitFor();
  await talk.getByText("the needle in an old message").waitFor();
  await eventually(async () => {
    const seen = await talk.getByText("the needle in an old message").boundingBox();
    assert.ok(seen && seen.y > 100 && seen.y < 900, JSON.stringify(seen));
  });
  assert.doesNotMatch(page.url(), /find=/);
  await page.getByRole("button", { name: en.convNewest }).click();
  await talk.getByText("answer 119").waitFor();
});

test("a search that finds nothing says so; Escape ends it", async (context) => {
  const { page, talk } = await open(context, long(3));
  await talk.getByText("answer 2").waitFor();
  await page.getByRole("button", { name: en.convSearch }).click();
  await page.keyboard.type("nowhere [to] be\\found");
  await page.getByRole("heading", { name: en.convNoHit }).waitFor();
  await page.keyboard.press("Escape");
  await talk.getByText("answer 2").waitFor();
  assert.match(page.url(), /#\/sessions\//, "the session stays open");
});

test("the whole is exported, as Markdown and as JSON", async (context) => {
  const { page, talk } = await open(context, WORK);
  await articles(talk).first().waitFor();
  for (const [word, check] of [
    [en.convExport_markdown, (file) => assert.match(file, /529 the model is overloaded/)],
    [en.convExport_json, (file) => assert.ok(JSON.stringify(JSON.parse(file)).includes("ls -la"))],
  ]) {
    await page.getByRole("button", { name: en.convExport }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: word }).click();
    const file = await readFile(await (await download).path(), "utf8");
    check(file);
    assert.ok(!file.includes(SECRET));
  }
});

test("a result of megabytes is cut, says so, and is had whole", async (context) => {
  const { page, talk } = await open(context, [
    user("go"),
    assistant([call("c1", "exec", { command: "cat" })], { stopReason: "toolUse" }),
    result("c1", "exec", "line of the log\n".repeat(200_000)),
  ]);
  await talk.locator("summary").click();
  await talk.getByText(/Cut: the first .* of 3\.2M characters/).waitFor();
  const download = page.waitForEvent("download");
  await talk.getByRole("link", { name: en.convWhole }).click();
  assert.equal((await readFile(await (await download).path(), "utf8")).length, 3_200_000);
});

test("with --no-messages nothing of it is asked for, and it says so", async (context) => {
  const { page } = await open(context, WORK, {}, ["--no-messages"]);
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.getByRole("heading", { name: en.convOff }).waitFor();
  assert.equal(await page.getByRole("button", { name: en.convExport }).count(), 0);
  assert.deepEqual(
    asked.filter((url) => /messages|export/.test(url)),
    [],
  );
});

test("a session without a transcript says so", async (context) => {
  const { page } = await open(context, undefined);
  await page.getByRole("heading", { name: en.convNone }).waitFor();
});

test("a session that has done nothing yet has no context in use", async (context) => {
  const nothing = { contextTokens: undefined, totalTokens: undefined, model: undefined, modelProvider: undefined };
  const { folder } = await talks(context, { [KEY]: { label: "new", ...nothing } });
  const server = await startDashboard(["serve", "--state-dir", folder], { context });
  const page = await openPage(context, { server, browser }, { hash: HASH, ready: false });
  const tile = page.getByRole("term").filter({ hasText: en.contextInUse }).locator("xpath=following-sibling::dd[1]");
  await eventually(async () => assert.equal((await tile.innerText()).trim(), "—"));
});
