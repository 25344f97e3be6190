// The filter box, the chips, the order of the table, and the CSV of what is shown.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { cell } from "../../web/lib/csv.js";
import { filter } from "../../web/lib/filter.js";
import { judge } from "../../web/lib/status.js";
import { en, eventually, filterBox, keysShown, pointerAway, stage } from "../support/page.mjs";
import { noPush } from "../support/push.mjs";

const here = await stage(test);
const LIMITS = { activeMs: 300_000, idleMs: 3_600_000, stuckMs: 600_000 };

/** The sessions of the API, judged by the test's clock. */
const sessions = async () => (await here.get("api/sessions")).sessions.map((row) => judge(row, Date.now(), LIMITS));

/** A tall page that holds still: what it was told first is what it shows, so that a test can count. */
async function open(context, hash = "") {
  let kept = null;
  const page = await here.open(context, {
    hash,
    height: 2400,
    prepare: (one) =>
      noPush(one).then(() =>
        one.route(/\/api\/sessions/, async (route) => {
          kept ??= await (await route.fetch()).json();
          await route.fulfill({
            json: {
              ...kept,
              fetchedAt: new Date().toISOString(),
              coverage: { ...kept.coverage, asOf: new Date().toISOString() },
            },
          });
        }),
      ),
  });
  await pointerAway(page);
  return Object.assign(page, { rows: () => kept.sessions.map((row) => judge(row, Date.now(), LIMITS)) });
}

/** What a word is looked for in. */
const words = (row) => [row.key, row.label, row.model, row.agentId].join("\n").toLowerCase();
const sorted = (list) => [...list].sort();
const chip = (page, name) =>
  page.getByRole("group", { name: en.chips }).getByRole("button", { name: new RegExp(`^${name} \\d`) });

/** The page shows exactly the rows that the test's own condition picks. */
async function shows(page, condition, hint) {
  await eventually(async () =>
    assert.deepEqual(
      sorted(await keysShown(page)),
      sorted(
        page
          .rows()
          .filter(condition)
          .map((row) => row.key),
      ),
      hint,
    ),
  );
}

test("words, fields, comparisons and states in the filter box", async (context) => {
  const page = await open(context);
  const cases = {
    release: (row) => words(row).includes("release"),
    REVIEW: (row) => words(row).includes("review"),
    한국어: (row) => row.label.includes("한국어"),
    "agent:ops": (row) => row.agentId === "ops",
    "agent:ops type:cron": (row) => row.agentId === "ops" && row.sessionType === "cron",
    "model:opus": (row) => row.model.includes("opus"),
    "channel:slack": (row) => row.channel === "slack",
    "cost>1": (row) => row.cost > 1,
    "cost<0.10": (row) => row.cost !== null && row.cost < 0.1,
    "context>75": (row) => row.contextPercent > 75,
    "has:error": (row) => row.runState === "failed",
    "has:running": (row) => row.runState === "running",
    "has:stuck": (row) => row.stuckSinceMs !== null,
    "has:unpriced": (row) => row.cost === null,
    "has:children": (row) => row.childCount > 0,
    "agent:forge cost>1 review": (row) => row.agentId === "forge" && row.cost > 1 && words(row).includes("review"),
  };
  for (const [text, condition] of Object.entries(cases)) {
    await filterBox(page).fill(text);
    await shows(page, condition, text);
  }
  await filterBox(page).fill("");
  await shows(page, () => true, "nothing typed");
});

test("what matches nothing says so in words, and one press shows everything again", async (context) => {
  const page = await open(context);
  await chip(page, "idle").click();
  await filterBox(page).fill("cost>100000");
  await page.getByRole("heading", { name: en.noMatch }).waitFor();
  assert.match(await page.getByRole("main").innerText(), /none with .*cost>100000/);
  assert.equal(await page.getByRole("button", { name: en.csv }).isDisabled(), true);
  await page.getByRole("button", { name: en.clear }).click();
  await shows(page, () => true);
  assert.equal(await filterBox(page).inputValue(), "");
});

test("chips: of one group any, of two groups both; All takes them back", async (context) => {
  const page = await open(context);
  for (const status of ["active", "idle", "stale"]) {
    await chip(page, status).click();
    assert.equal(await chip(page, status).getAttribute("aria-pressed"), "true");
    await shows(page, (row) => row.status === status, status);
    await chip(page, status).click();
    await shows(page, () => true);
  }
  for (const type of ["main", "subagent", "cron"]) {
    await chip(page, type).click();
    await shows(page, (row) => row.sessionType === type, type);
    await chip(page, type).click();
  }
  await chip(page, "idle").click();
  await chip(page, "stale").click();
  await shows(page, (row) => row.status !== "active", "idle or stale");
  await chip(page, "cron").click();
  await shows(page, (row) => row.status !== "active" && row.sessionType === "cron", "and cron");
  await filterBox(page).fill("agent:ops");
  await shows(
    page,
    (row) => row.status !== "active" && row.sessionType === "cron" && row.agentId === "ops",
    "and words",
  );
  await chip(page, en.all).click();
  await shows(page, (row) => row.agentId === "ops", "All is for the chips");
  assert.equal(await chip(page, en.all).getAttribute("aria-pressed"), "true");
});

test("a view is in the address: opened again it is the same", async (context) => {
  const page = await open(context);
  await filterBox(page).fill("agent:ops");
  await chip(page, "cron").click();
  await page.getByRole("button", { name: en.cost, exact: true }).click();
  const keys = await keysShown(page);
  const again = await open(context, new URL(page.url()).hash);
  await eventually(async () => assert.deepEqual(sorted(await keysShown(again)), sorted(keys)));
  assert.equal(await filterBox(again).inputValue(), "agent:ops");
  assert.equal(
    await again.getByRole("columnheader", { name: en.cost, exact: true }).getAttribute("aria-sort"),
    "descending",
  );
});

test("every column sorts, both ways, and the foot says how", async (context) => {
  const page = await open(context);
  const value = {
    [en.status]: (row) => ["active", "idle", "stale"].indexOf(row.status),
    [en.session]: (row) => row.label.toLowerCase(),
    [en.type]: (row) => ["main", "subagent", "cron"].indexOf(row.sessionType),
    [en.agent]: (row) => row.agentId,
    [en.model]: (row) => row.model,
    [en.in]: (row) => row.inputTokens,
    [en.out]: (row) => row.outputTokens,
    Cache: (row) => row.cacheReadTokens + row.cacheWriteTokens,
    [en.context]: (row) => row.contextPercent,
    [en.cost]: (row) => row.cost,
    [en.updated]: (row) => row.updatedAt,
  };
  const heads = await page.getByRole("columnheader").allInnerTexts();
  assert.equal(heads.length, Object.keys(value).length);
  for (const head of heads.map((text) => text.trim())) {
    const column = page.getByRole("columnheader", { name: head, exact: true });
    const seen = new Set();
    for (let press = 0; press < 2; press += 1) {
      await column.getByRole("button").click();
      await pointerAway(page);
      const order = await eventually(async () => {
        const sort = await column.getAttribute("aria-sort");
        assert.ok(sort && !seen.has(sort));
        return sort;
      });
      seen.add(order);
      const byKey = new Map(page.rows().map((row) => [row.key, row]));
      const turn = order === "ascending" ? 1 : -1;
      await eventually(async () => {
        const values = (await keysShown(page)).map((key) => value[head](byKey.get(key)));
        const known = values.filter((one) => one !== null);
        assert.deepEqual(
          values.slice(known.length),
          values.filter((one) => one === null),
          `${head}: unknown values stand last`,
        );
        known
          .slice(1)
          .forEach((one, place) =>
            assert.ok(
              (known[place] < one ? -1 : known[place] > one ? 1 : 0) * turn <= 0,
              `${head} ${order}: ${known[place]} stands before ${one}`,
            ),
          );
      });
      assert.match(await page.getByRole("main").innerText(), new RegExp(`shown, by ${head}`, "i"));
    }
    assert.deepEqual(sorted(seen), ["ascending", "descending"], head);
  }
  const before = await keysShown(page);
  await page.getByRole("button", { name: en.resetOrder }).click();
  await eventually(async () => assert.notDeepEqual(await keysShown(page), before));
  assert.equal(await page.locator("th[aria-sort]").count(), 0);
});

test("the CSV holds the rows shown, in their order, with exact figures", async (context) => {
  const page = await open(context);
  await filterBox(page).fill("agent:ops");
  await page.getByRole("button", { name: en.cost, exact: true }).click();
  await pointerAway(page);
  await shows(page, (row) => row.agentId === "ops");
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: en.csv }).click();
  const file = await saved;
  assert.match(file.suggestedFilename(), /\.csv$/);
  const [head, ...lines] = (await readFile(await file.path(), "utf8"))
    .replace(/^\uFEFF/, "")
    .trimEnd()
    .split("\r\n");
  const byKey = new Map(page.rows().map((row) => [row.key, row]));
  const wanted = (await keysShown(page)).map((key) =>
    head
      .split(",")
      .map((name) => {
        const value = byKey.get(key)[name];
        return cell(name === "updatedAt" && value !== null ? new Date(value).toISOString() : value);
      })
      .join(","),
  );
  assert.ok(lines.length > 3);
  assert.deepEqual(lines, wanted);
});

test("the pure filter and the API agree on words", async () => {
  const all = await sessions();
  for (const word of ["opus", "invoice", "한국어", "subagent"]) {
    const { sessions: found } = await here.get(`api/sessions?q=${encodeURIComponent(word)}`);
    assert.deepEqual(
      sorted(found.map((row) => row.key)),
      sorted(filter(all, { text: word }).map((row) => row.key)),
      word,
    );
  }
});
