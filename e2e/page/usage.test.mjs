// The Usage page: its figures are the API's, its choices are the address, its chart has a table.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import test from "node:test";
import { en, eventually, ko, refresh, region, sessionPage, shown, stage } from "../support/page.mjs";

const here = await stage(test);
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const ZONE = "Asia/Seoul";
const WIDTHS = [
  [1440, 900],
  [820, 1180],
  [390, 844],
];

const open = (context, hash = "#/usage", options = {}) => here.open(context, { hash, timezone: ZONE, ...options });
const segment = (page, group, name) =>
  page.getByRole("group", { name: group, exact: true }).getByRole("button", { name, exact: true });
/** The tile's figure, and what stands below it. */
const tile = (page, name) => page.locator("dl > div").filter({ has: page.locator("dt", { hasText: name }) });
const chart = (page) => page.getByRole("region", { name: /^(Cost|Tokens|Calls) per / });
const legend = (page) => page.getByRole("list", { name: en.uLegend });
const table = (page) => chart(page).getByRole("table");

/** The question of the chart: the others are of totals, or by installation. */
function chartQuestion(url) {
  const { pathname, searchParams: query } = new URL(url);
  const isChart = query.get("bucket") !== "total" && query.get("by") !== "installation";
  return pathname.endsWith("/api/usage") && isChart ? query : null;
}

/** Does something and gives the question that the page asks because of it. */
async function asked(page, act) {
  const request = page.waitForRequest((one) => chartQuestion(one.url()) !== null);
  await act();
  const query = chartQuestion((await request).url());
  await shown(page);
  return query;
}

const usage = (query) => here.get(`api/usage?${new URLSearchParams({ tz: ZONE, ...query })}`);
const dollars = (text) => Number(/\$([\d,]+\.\d\d)/.exec(text)[1].replaceAll(",", ""));
const isNear = (a, b, what) => assert.ok(Math.abs(a - b) < 0.006, `${what}: ${a} and ${b}`);
const count = (value) => value.toLocaleString("en-US");
const tokensOf = (one) => one.inputTokens + one.outputTokens + one.cacheReadTokens + one.cacheWriteTokens;

/** Days that are over do not change while a test looks at them. */
async function pastDays() {
  const { buckets, firstCallAt } = await usage({ bucket: "day" });
  const past = buckets.filter(({ start, end }) => Date.parse(end) <= Date.now() && Date.parse(start) >= firstCallAt);
  const days = past.slice(-7).map(({ start }) => start.slice(0, 10));
  assert.ok(days.length > 1, "the simulator has at least two full days");
  return { from: days[0], to: days.at(-1) };
}
const past = async (more = {}) => `#/usage?${new URLSearchParams({ ...(await pastDays()), ...more })}`;

test("tiles, legend and tokens are what the API says of the same days", async (context) => {
  const days = await pastDays();
  const page = await open(context, await past());
  const { totals, groups, groupTotals } = await usage({ ...days, bucket: "day", by: "model" });
  isNear(dollars(await tile(page, "Spent in").innerText()), totals.cost, "spent");
  assert.ok((await tile(page, "Calls").locator("dd").first().innerText()) === count(totals.calls), "calls");
  const all = tile(page, en.tokens).locator("dd").first();
  assert.equal(await all.getAttribute("title"), count(tokensOf(totals)), "tokens");
  const input = totals.inputTokens + totals.cacheReadTokens + totals.cacheWriteTokens;
  const rate = `${((totals.cacheReadTokens / input) * 100).toFixed(1)}%`;
  assert.ok((await tile(page, en.uHitRate).innerText()).includes(rate), "cache hit rate");
  const names = legend(page).getByRole("button");
  for (const { group, cost } of groupTotals.slice(0, 5).filter((one) => one.cost > 0.01)) {
    const line = names.filter({ hasText: groups[group].model });
    isNear(dollars(await line.first().innerText()), cost, groups[group].model);
  }
  const where = region(page, en.uTokensTitle);
  for (const field of ["inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens"])
    assert.equal((await where.locator(`dd[title="${count(totals[field])}"]`).count()) > 0, true, field);
});

test("today, this month and the cost of unpriced models are told apart", async (context) => {
  const page = await open(context);
  await eventually(async () => {
    await refresh(page);
    await shown(page);
    const today = await usage({ from: new Date().toLocaleDateString("sv-SE", { timeZone: ZONE }), bucket: "total" });
    const text = await tile(page, new RegExp(`^${en.uToday}$`)).innerText();
    if (today.totals.cost === null) assert.match(text, /unpriced/);
    else isNear(dollars(text.replace("<$0.01", "$0.00")), today.totals.cost, "today");
  });
  const { unpricedModels, totals } = await usage({ bucket: "total", by: "model" });
  if (totals.unpricedCalls > 0)
    assert.ok((await page.getByRole("main").innerText()).includes(unpricedModels[0]), "unpriced models are named");
});

test("ranges, groups and steps change the question; the way back undoes them", async (context) => {
  const page = await open(context);
  const day = (back) => new Date(Date.now() - back * 86_400_000).toLocaleDateString("sv-SE", { timeZone: ZONE });
  for (const [word, from, bucket] of [
    [en.uRange_7d, day(6), "day"],
    [en.uRange_today, day(0), "hour"],
    [en.uRange_90d, day(89), "day"],
    [en.uRange_14d, day(13), "day"],
  ]) {
    const query = await asked(page, () => segment(page, en.uRange, word).click());
    assert.deepEqual([query.get("from"), query.get("to"), query.get("bucket")], [from, day(0), bucket], word);
    assert.equal(query.get("tz"), ZONE);
  }
  const byAgent = await asked(page, () => segment(page, en.uBy, en.agent).click());
  assert.deepEqual([byAgent.get("by"), byAgent.get("from")], ["agent", day(13)]);
  const hourly = await asked(page, () => segment(page, en.uStep, en.uBucket_hour).click());
  assert.equal(hourly.get("bucket"), "hour");
  const month = await asked(page, () => segment(page, en.uRange, en.uRange_month).click());
  assert.match(month.get("from"), /-01$/);
  const all = await asked(page, () => segment(page, en.uRange, en.uRange_all).click());
  assert.equal(all.get("from"), "all");
  await page.goBack();
  await eventually(async () =>
    assert.equal(await segment(page, en.uRange, en.uRange_month).getAttribute("aria-pressed"), "true"),
  );
  for (let back = 0; back < 6; back += 1) await page.goBack();
  await eventually(async () =>
    assert.equal(await segment(page, en.uRange, en.uRange_7d).getAttribute("aria-pressed"), "true"),
  );
});

test("the measure needs no question: cost, tokens and calls are in every answer", async (context) => {
  const page = await open(context, await past());
  const { from, to } = await pastDays();
  const { totals } = await usage({ from, to, bucket: "day", by: "model" });
  await segment(page, en.uMeasure, en.uMeasure_calls).click();
  await page.getByRole("heading", { name: "Calls per day", exact: true }).waitFor();
  assert.match(page.url(), /measure=calls/);
  await legend(page).getByText(count(totals.calls), { exact: true }).waitFor();
});

test("a deep link says everything, and is right after a reload", async (context) => {
  const page = await open(context, await past({ by: "agent", measure: "tokens", view: "table" }));
  for (let look = 0; look < 2; look += 1) {
    for (const [group, name] of [
      [en.uBy, en.agent],
      [en.uMeasure, en.uMeasure_tokens],
    ])
      assert.equal(await segment(page, group, name).getAttribute("aria-pressed"), "true", name);
    await table(page).waitFor();
    await page.reload();
    await shown(page);
  }
});

test("the table has what the chart is drawn from: buckets, groups and both sums", async (context) => {
  const days = await pastDays();
  const page = await open(context, await past({ by: "agent", measure: "calls" }));
  await chart(page).getByRole("button", { name: en.uShowTable }).click();
  const cells = await table(page)
    .getByRole("row")
    .evaluateAll((rows) => rows.map((row) => [...row.cells].map((one) => one.innerText.trim())));
  const answer = await usage({ ...days, bucket: "day", by: "agent" });
  const [head, ...body] = cells;
  const foot = body.pop();
  assert.equal(body.length, answer.buckets.length);
  const number = (text) => Number(text.replaceAll(",", ""));
  let until = 0;
  for (const [place, { totals, values }] of answer.buckets.entries()) {
    until += totals.calls;
    assert.deepEqual(body[place].slice(-2).map(number), [totals.calls, until], `bucket ${place}`);
    for (const { group, calls } of values) {
      const column = head.indexOf(answer.groups[group].agent);
      if (column > 0) assert.equal(number(body[place][column]), calls, `${head[column]} in bucket ${place}`);
    }
  }
  assert.equal(number(foot.at(-2)), answer.totals.calls);
});

test("the CSV is of the same question, and its sum is the tile's", async (context) => {
  const page = await open(context, await past({ by: "agent" }));
  const link = chart(page).getByRole("link", { name: en.uCsvChart });
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  const text = await readFile(await download.path(), "utf8");
  const [head, ...lines] = text.trim().split(/\r?\n/);
  const column = head.split(",").indexOf("cost");
  assert.ok(column > 0, head);
  const back = column - head.split(",").length;
  const sum = lines.reduce((total, line) => total + Number(line.split(",").at(back) || 0), 0);
  isNear(dollars(await tile(page, "Spent in").innerText()), sum, "spent");
  const matrix = region(page, en.uMatrix).getByRole("link", { name: en.uCsvMatrix });
  assert.equal((await fetch(new URL(await matrix.getAttribute("href"), page.url()))).status, 200);
});

test("one press on a name keeps only it, another brings back all; the canvas changes", async (context) => {
  const page = await open(context, await past());
  const picture = () =>
    chart(page)
      .locator("canvas")
      .evaluate((one) => one.toDataURL());
  const before = await picture();
  const name = legend(page).getByRole("button").first();
  await name.click();
  await eventually(async () => assert.equal(await name.getAttribute("aria-pressed"), "true"));
  assert.match(page.url(), /only=/);
  await eventually(async () => assert.notEqual(await picture(), before));
  await name.click();
  await eventually(async () => assert.equal(await picture(), before));
});

test("the chart follows the theme", async (context) => {
  const page = await open(context, await past());
  const picture = () =>
    chart(page)
      .locator("canvas")
      .evaluate((one) => one.toDataURL());
  const before = await picture();
  await page.getByRole("banner").getByRole("button", { name: en.theme }).click();
  await eventually(async () => assert.notEqual(await picture(), before));
});

test("pointer and arrow keys read a bar exactly; a drag across bars zooms", async (context) => {
  const days = await pastDays();
  const page = await open(context, await past({ measure: "calls" }));
  const { buckets } = await usage({ ...days, bucket: "day", by: "model" });
  const plot = chart(page).getByRole("group", { name: /Arrow keys/ });
  await plot.focus();
  await page.keyboard.press("End");
  await plot.getByText(new RegExp(`, ${count(buckets.at(-1).totals.calls)}$`)).waitFor();
  await page.keyboard.press("Home");
  await plot.getByText(new RegExp(`, ${count(buckets[0].totals.calls)}$`)).waitFor();
  const over = await plot.locator(".u-over").boundingBox();
  const at = (place) => over.x + (over.width * (place + 0.5)) / buckets.length;
  await page.mouse.move(at(0), over.y + 30);
  await plot.getByText(new RegExp(`, ${count(buckets[0].totals.calls)}$`)).waitFor();
  await page.mouse.down();
  await page.mouse.move(at(0) + 20, over.y + 40, { steps: 3 });
  await page.mouse.move(at(buckets.length - 2), over.y + 40, { steps: 5 });
  const query = await asked(page, () => page.mouse.up());
  const wanted = [buckets[0], buckets.at(-2)].map(({ start }) => start.slice(0, 10));
  assert.deepEqual([query.get("from"), query.get("to")], wanted);
});

test("chosen days: the form, its Escape, and a day of the year", async (context) => {
  const { from, to } = await pastDays();
  const page = await open(context);
  const button = page.getByRole("button", { name: new RegExp(`^${en.uDates}`) });
  await button.click();
  await page.keyboard.press("Escape");
  assert.equal(await page.getByRole("form", { name: en.uDates }).count(), 0);
  assert.equal(await button.evaluate((one) => one === document.activeElement), true);
  await button.click();
  await page.getByLabel(en.uFrom, { exact: true }).fill(from);
  await page.getByLabel(en.uTo, { exact: true }).fill(to);
  const query = await asked(page, () => page.keyboard.press("Enter"));
  assert.deepEqual([query.get("from"), query.get("to")], [from, to]);
  const year = region(page, en.uYear);
  const square = await asked(page, () => year.locator(`rect[data-day="${to}"]`).click());
  assert.deepEqual([square.get("from"), square.get("to"), square.get("bucket")], [to, to, "hour"]);
  await year.getByRole("button", { name: en.uShowTable }).click();
  await year.getByRole("table").waitFor();
});

test("agent by model: every cell, and the sums both ways", async (context) => {
  const days = await pastDays();
  const page = await open(context, await past({ measure: "calls" }));
  const answer = await usage({ ...days, bucket: "total", by: "agent,model" });
  const box = region(page, en.uMatrix);
  const rows = await box
    .getByRole("row")
    .evaluateAll((all) => all.map((row) => [...row.cells].map((one) => one.innerText.trim())));
  assert.equal(rows.at(-1).at(-1), count(answer.totals.calls), "everything");
  const agents = new Set(answer.groups.map(({ agent }) => agent));
  if (agents.size <= 13) assert.equal(rows.length, agents.size + 2);
  for (const [agent, ...cells] of rows.slice(1, -1)) {
    const sum = cells.slice(0, -1).reduce((all, text) => all + (Number(text.replaceAll(",", "")) || 0), 0);
    assert.equal(count(sum), cells.at(-1), agent);
  }
});

test("the top sessions are the API's, and those that are listed open", async (context) => {
  const days = await pastDays();
  const page = await open(context, await past());
  const answer = await usage({ ...days, bucket: "total", by: "session", limit: "8" });
  const items = region(page, en.uTopSessions).getByRole("listitem");
  assert.equal(await items.count(), answer.groups.length);
  for (const [place, { cost }] of answer.groupTotals.entries())
    if (cost > 0.01) isNear(dollars(await items.nth(place).innerText()), cost, `session ${place}`);
  const link = items.getByRole("link").first();
  if ((await link.count()) > 0) {
    await link.click();
    await sessionPage(page).waitFor();
  }
});

test("g u comes here, R asks again, and the figures stay while the server is silent", async (context) => {
  const page = await open(context, "");
  await page.keyboard.press("g");
  await page.keyboard.press("u");
  await page.getByRole("heading", { level: 1, name: en.usage }).waitFor();
  await shown(page);
  const question = page.waitForRequest(/\/api\/usage\?/);
  await page.keyboard.press("r");
  await question;
  await page.route(/\/api\/usage\?/, (route) =>
    route.fulfill({ status: 400, contentType: "application/problem+json", body: `{"detail":"no <b>such</b> day"}` }),
  );
  await page.keyboard.press("r");
  const alert = page.getByRole("alert");
  await alert.getByText("no <b>such</b> day").waitFor();
  assert.match(await alert.innerText(), /Showing what was known at \d\d:\d\d:\d\d/);
  assert.ok(await tile(page, "Calls").isVisible());
  await page.unroute(/\/api\/usage\?/);
  await alert.getByRole("button", { name: en.tryNow }).click();
  await eventually(async () => assert.equal(await page.getByRole("alert").count(), 0));
  page.problems.splice(0, Infinity, ...page.problems.filter((one) => !/\b400\b/.test(one)));
});

test("days without a call say so, and offer a way out", async (context) => {
  const page = await open(context, "#/usage?from=2001-01-01&to=2001-01-07");
  await page.getByRole("heading", { name: en.uNoneInRange }).waitFor();
  assert.ok(!(await tile(page, "Spent in").innerText()).includes("$0.00"), "what is not known is not zero");
  await chart(page).getByRole("button", { name: en.uRangeLong_all }).click();
  await legend(page).waitFor();
});

test("hostile addresses are no addresses", async (context) => {
  const page = await open(context);
  for (const hash of [
    "#/usage?range=__proto__&by=constructor&measure=%3Cb%3E&bucket=total",
    "#/usage?from=2026-02-30&to=x",
    "#/usage?only=%3Cimg%20src=x%20onerror=1%3E",
    "#/usage?from=9999-12-31&to=0001-01-01",
  ]) {
    await page.goto(new URL(hash, page.url()).href);
    await page.getByRole("heading", { level: 1, name: en.usage }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, hash);
  }
  await page.goto(new URL("#/usage", page.url()).href);
  await shown(page);
  page.problems.splice(0, Infinity, ...page.problems.filter((one) => !/\b400\b/.test(one)));
});

const HOSTILE = [
  `<img src=x onerror="globalThis.wasRun=1">`,
  `long ${"W".repeat(4_000)}`,
  "invoice \u202Egnp.exe",
  "",
  "{n} ${t} &amp;",
  "아주긴한국어이름".repeat(40),
  "__proto__",
];

/** Answers as they are, with other names. */
async function rename(page) {
  await page.route(/\/api\/usage\?/, async (route) => {
    const response = await route.fetch();
    const body = await response.json();
    const name = (place) => HOSTILE[place % HOSTILE.length] + "!".repeat(place / HOSTILE.length);
    body.groups.forEach((group, place) => {
      for (const field of ["agent", "model", "type", "label"]) if (field in group) group[field] = name(place);
    });
    body.unpricedModels = HOSTILE;
    body.ledger = { status: "failing", detail: HOSTILE.join(" ") };
    await route.fulfill({ response, json: body });
  });
}

for (const [width, height] of WIDTHS) {
  test(`${width} wide: hostile names are text, run nothing, and the page keeps its width`, async (context) => {
    for (const view of ["", "?view=table&by=agent", "?by=type&measure=tokens"]) {
      const page = await open(context, `#/usage${view}`, { width, height, prepare: rename });
      await chart(page).waitFor();
      assert.equal(await page.evaluate(() => globalThis.wasRun), undefined);
      assert.equal(await page.locator("main :is(img, script)").count(), 0, "no markup became an element");
      assert.ok((await page.getByRole("main").innerText()).includes(HOSTILE[0]));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${view}: ${wide} px too wide`);
    }
  });
}

for (const [width, height] of WIDTHS) {
  for (const [language, words] of [
    ["en", en],
    ["ko", ko],
  ]) {
    test(`${width} wide, ${language}: axe finds nothing, nothing sticks out, nothing is small`, async (context) => {
      const found = {};
      for (const theme of ["dark", "light"]) {
        for (const view of ["", "?view=table"]) {
          const page = await open(context, `#/usage${view}`, {
            width,
            height,
            theme,
            language,
            reducedMotion: true,
            prepare: (one) => one.addInitScript(axe),
          });
          await page.getByRole("heading", { level: 1, name: words.usage }).waitFor();
          if (view) await region(page, words.uYear).getByRole("button", { name: words.uShowTable }).click();
          else await page.getByRole("button", { name: new RegExp(`^${words.uDates}`) }).click();
          const { violations } = await page.evaluate(() =>
            globalThis.axe.run(document, { resultTypes: ["violations"] }),
          );
          const lines = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`));
          const shape = await page.evaluate(() => ({
            wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
            small: [...document.querySelectorAll("main *")]
              .filter((one) => one.checkVisibility() && one.childNodes.length > 0)
              .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
              .filter((one) => parseFloat(getComputedStyle(one).fontSize) < 12)
              .map((one) => one.outerHTML.slice(0, 80)),
          }));
          if (shape.wide > 0) lines.push(`${shape.wide} px too wide`);
          lines.push(...shape.small.map((one) => `small: ${one}`));
          if (lines.length > 0) found[`${theme} ${view}`] = lines;
        }
      }
      assert.deepEqual(found, {});
    });
  }
}

test("in Korean nothing is English but names", async (context) => {
  const page = await open(context, "#/usage", { language: "ko" });
  const text = await page.getByRole("main").innerText();
  for (const key of ["uHitRate", "uTopSessions", "uTokensTitle", "uYear", "uRunningTotal", "uCalls"])
    assert.ok(text.includes(ko[key]) && !text.includes(en[key]), key);
});
