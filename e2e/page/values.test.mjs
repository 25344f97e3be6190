// Every value on the overview is the one that the API gives at that moment.
import assert from "node:assert/strict";
import test from "node:test";
import { ago, exact, exactMoney, money, running, tokens } from "../../web/lib/format.js";
import { sort } from "../../web/lib/sort.js";
import { judge, nameOf } from "../../web/lib/status.js";
import { en, eventually, keysShown, pointerAway, refresh, region, stage, tableRows } from "../support/page.mjs";

const here = await stage(test);
const ZONE = "Asia/Seoul";
const LIMITS = { activeMs: 300_000, idleMs: 3_600_000, stuckMs: 600_000 };

const open = async (context) => {
  const page = await here.open(context, { height: 2400, timezone: ZONE });
  await pointerAway(page);
  return page;
};

async function ask() {
  const response = await fetch(`${here.server.url}/api/sessions?tz=${encodeURIComponent(ZONE)}`);
  return { etag: response.headers.get("etag"), data: await response.json() };
}

/**
 * Compares the page with an answer of the API to the test itself.
 * The demo lives: an answer counts when the API said the same before and after the page asked.
 */
async function agrees(page, compare) {
  await eventually(async () => {
    const before = await ask();
    await refresh(page);
    const after = await ask();
    assert.equal(after.etag, before.etag, "the demo stood still for a moment");
    await eventually(() => compare(after.data), 1_500);
  }, 120_000);
}

const words = async (locator) => (await locator.innerText()).replace(/\s+/g, " ").trim();
const card = (page, name) => words(region(page, en.figures).getByRole("link").filter({ hasText: name }));
const has = (text, ...parts) => {
  for (const part of parts) assert.ok(text.includes(part), `"${part}" is in "${text}"`);
};
const count = (rows, field, value) => rows.filter((row) => row[field] === value).length;
/** The texts that an age may have had while the page and the test looked. */
const ages = (row) => [
  ...new Set(
    [-1, 0, 1, 2, 3, 4].map((seconds) =>
      row.updatedAt === null ? en.never : ago(Date.now() - row.updatedAt + seconds * -1000, "en"),
    ),
  ),
];

/** The table as the page shows it: an object per row, by column. */
async function table(page) {
  const heads = await page.getByRole("columnheader").allInnerTexts();
  const rows = await tableRows(page).evaluateAll((all) =>
    all.map((row) => ({
      key: row.dataset.key,
      cells: [...row.cells].map((cell) => cell.innerText.replace(/\s+/g, " ").trim()),
      titles: [...row.cells].map((cell) => cell.querySelector("[title]")?.title ?? cell.title),
      link: row.querySelector("a")?.innerText,
    })),
  );
  return rows.map((row) => ({
    ...row,
    ...Object.fromEntries(heads.map((head, place) => [head.trim(), row.cells[place]])),
    title: Object.fromEntries(heads.map((head, place) => [head.trim(), row.titles[place]])),
  }));
}

function sameRow(shown, row) {
  const cache = row.cacheReadTokens + row.cacheWriteTokens;
  assert.equal(shown[en.status], row.status, row.key);
  assert.equal(shown.link, nameOf(row), row.key);
  assert.deepEqual(
    [shown[en.type], shown[en.agent], shown[en.model]],
    [row.sessionType, row.agentId, row.model ?? "—"],
    row.key,
  );
  assert.deepEqual(
    [shown[en.in], shown[en.out], shown[en.cache[0].toUpperCase() + en.cache.slice(1)] ?? shown[en.cache]],
    [row.inputTokens, row.outputTokens, cache].map(tokens),
    row.key,
  );
  assert.deepEqual([shown.title[en.in], shown.title[en.out]], [row.inputTokens, row.outputTokens].map(exact), row.key);
  assert.equal(shown[en.context], row.contextPercent === null ? "—" : `${Math.round(row.contextPercent)}%`, row.key);
  assert.equal(shown[en.cost], `${money(row.cost)} ${row.costLevel ?? en.unpriced}`, row.key);
  assert.equal(shown.title[en.cost], exactMoney(row.cost), row.key);
  assert.ok(ages(row).includes(shown[en.updated]), `${row.key}: ${shown[en.updated]} is one of ${ages(row)}`);
  if (row.stuckSinceMs !== null) assert.match(shown[en.session], /stuck \d+[smhd]/, row.key);
  if (row.runState === "failed") has(shown[en.session], en.failedFlag);
  if (row.runState === "aborted") has(shown[en.session], en.abortedFlag);
}

test("the table: every session, every column, attention first", async (context) => {
  const page = await open(context);
  await agrees(page, async (data) => {
    const shown = await table(page);
    assert.equal(shown.length, data.total);
    const byKey = new Map(data.sessions.map((row) => [row.key, row]));
    for (const row of shown) sameRow(row, byKey.get(row.key));
    const judged = data.sessions.map((row) => judge(row, Date.parse(data.fetchedAt), LIMITS));
    assert.deepEqual(
      await keysShown(page),
      sort(judged, null, "desc").map((row) => row.key),
    );
    has(await words(page.getByRole("main")), `${data.total} of ${data.total} shown`);
  });
});

test("the line of truth", async (context) => {
  const page = await open(context);
  await agrees(page, async (data) => {
    const text = await words(region(page, en.rightNow));
    const { stats, tokenStats, coverage } = data;
    has(
      text,
      `${stats.running} ${en.liveNow}`,
      `${stats.stuck} ${en.stuck}`,
      `${money(tokenStats.spentToday)} ${en.spentToday}`,
      `${money(tokenStats.spentLastHour)} / h`,
    );
    has(
      text,
      `${exact(coverage.sessionsRead)} of ${exact(coverage.sessionsKnown)} sessions`,
      `${exact(coverage.callsRead)} calls read`,
    );
    for (const type of ["main", "subagent", "cron"]) {
      const live = data.sessions.filter((row) => row.runState === "running" && row.sessionType === type).length;
      if (live > 0) has(text, `${live} ${type}`);
    }
    assert.match(text, /\b\d+s old/);
  });
});

test("the six stat cards", async (context) => {
  const page = await open(context);
  await agrees(page, async (data) => {
    const { stats, tokenStats: sums, sessions } = data;
    const cache = sums.totalCacheRead + sums.totalCacheWrite;
    has(await card(page, en.activeSessions), ` ${stats.active} `);
    has(
      await card(page, en.byType),
      ` ${data.total} `,
      `main ${stats.main}`,
      `subagent ${stats.subagent}`,
      `cron ${stats.cron}`,
    );
    has(
      await card(page, en.byStatus),
      ` ${stats.active + stats.idle} `,
      `active ${stats.active}`,
      `idle ${stats.idle}`,
      `stale ${stats.stale}`,
    );
    has(
      await card(page, en.totalCost),
      ` ${money(sums.totalCost)} `,
      ...["high", "medium", "low"].map((level) => `${level} ${count(sessions, "costLevel", level)}`),
    );
    has(
      await card(page, en.tokens),
      ` ${tokens(sums.totalInput + sums.totalOutput + cache)} `,
      `in ${tokens(sums.totalInput)}`,
      `out ${tokens(sums.totalOutput)}`,
      `cache ${tokens(cache)}`,
    );
    has(
      await card(page, en.contextInUse),
      ` ${tokens(sums.totalContext)} `,
      tokens(sessions.reduce((sum, row) => sum + row.contextTokens, 0)),
    );
  });
});

test("the figures of the API are the sums of its rows", async () => {
  const { data } = await ask();
  const sum = (field) => data.sessions.reduce((total, row) => total + (row[field] ?? 0), 0);
  const { tokenStats: sums, stats } = data;
  assert.deepEqual(
    [sums.totalInput, sums.totalOutput, sums.totalContext, sums.totalCacheRead, sums.totalCacheWrite],
    ["inputTokens", "outputTokens", "totalTokens", "cacheReadTokens", "cacheWriteTokens"].map(sum),
  );
  assert.deepEqual(
    [stats.active + stats.idle + stats.stale, stats.main + stats.subagent + stats.cron],
    [data.total, data.total],
  );
});

test("the chips count what they would show", async (context) => {
  const page = await open(context);
  await agrees(page, async ({ stats, total }) => {
    const chips = page.getByRole("group", { name: en.chips }).getByRole("button");
    assert.deepEqual(
      (await chips.allInnerTexts()).map((text) => text.replace(/\s+/g, " ").trim()),
      [
        `${en.all} ${total}`,
        ...["active", "idle", "stale", "main", "subagent", "cron"].map((name) => `${name} ${stats[name]}`),
        // Beside the chips that count stands the one that groups.
        en.pByFamily,
      ],
    );
  });
});

test("the task queue: stuck first, then what runs, then what waits", async (context) => {
  const page = await open(context);
  await agrees(page, async (data) => {
    const items = await region(page, en.taskQueue)
      .getByRole("listitem")
      .evaluateAll((all) => all.map((item) => item.innerText.replace(/\s+/g, " ").trim()));
    const row = (item) => data.sessions.find((one) => one.key === item.key);
    const rank = (item) => (row(item)?.stuckSinceMs ? 0 : item.status === "active" ? 1 : 2);
    const wanted = [...data.taskQueue].sort((a, b) => rank(a) - rank(b));
    assert.equal(items.length, wanted.length);
    wanted.forEach((item, place) => {
      has(items[place], item.title, item.model ?? "");
      const began = item.startedAt ?? Date.parse(data.fetchedAt) - item.durationMs;
      const elapsed = [-1, 0, 1, 2, 3, 4].map((seconds) => running(Date.now() - began - seconds * 1000));
      assert.ok(
        elapsed.some((text) => items[place].includes(text)),
        `${items[place]} has one of ${elapsed}`,
      );
      has(items[place], item.status === "idle" ? en.waiting : row(item)?.stuckSinceMs ? "silent" : tokens(item.tokens));
    });
    const works = count(wanted, "status", "active");
    has(await words(region(page, en.taskQueue)), `${works} running`, `${wanted.length - works} waiting`);
  });
});
