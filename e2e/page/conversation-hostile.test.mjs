// Prompts, answers, thoughts, tool names, arguments and results that want to be more than text.
import assert from "node:assert/strict";
import test from "node:test";
import { openBrowser } from "../support/browser.mjs";
import { startDashboard } from "../support/dashboard.mjs";
import { en, eventually, openPage } from "../support/page.mjs";
import { assistant, call, result, talks, text, user } from "../support/transcript.mjs";

let browser;
test.before(async () => {
  browser = await openBrowser();
});
test.after(() => browser.close());

const KEY = "agent:main:main";
const RUN = "globalThis.wasRun=1";
const TURNED = "safe \u202Egnp.exe \u2066inner\u2069 end";
const ATTACKS = [
  `<script>${RUN}</script>`,
  `<img src=x onerror="${RUN}">`,
  `<svg/onload=${RUN}>`,
  `<iframe srcdoc="<script>${RUN}</script>"></iframe>`,
  `<style>*{display:none!important}</style><link rel=stylesheet href=https://evil.invalid/x.css>`,
  `<form action=https://evil.invalid><input name=a><button>send</button></form>`,
  `<base href=https://evil.invalid/><meta http-equiv=refresh content="0;url=https://evil.invalid">`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=${RUN}&gt;">`,
  `[click](javascript:${RUN}) [data](data:text/html,<script>${RUN}</script>) ![p](https://evil.invalid/p.png)`,
  `<javascript:${RUN}> [a](https://ok.invalid/"onmouseover="${RUN}) [x]: javascript:${RUN}`,
  `<a href="javascript:${RUN}" id=main class=fd-btn style="position:fixed;inset:0">x</a><div id="app">`,
  "```\n</code></pre><script>" + RUN + "</script>\n```",
  "# <img src=x onerror=" + RUN + ">\n\n> <b>\n\n- <i>\n\n| <u> |\n|---|\n| <s> |",
  "${globalThis.wasRun=1} {{constructor.constructor('" + RUN + "')()}} %3Cscript%3E",
  TURNED,
];
const HOSTILE = ATTACKS.flatMap((attack, place) => [
  user(attack),
  assistant(
    [
      { type: "thinking", thinking: attack },
      text(attack),
      call(`c${place}`, attack.slice(0, 120), { [attack]: attack, command: attack }),
    ],
    { stopReason: "toolUse", model: attack.slice(0, 80) },
  ),
  result(`c${place}`, attack.slice(0, 120), attack, { exitCode: 1 }),
  assistant([], { stopReason: "error", errorMessage: attack }),
]);

async function open(context, options = {}) {
  const { folder } = await talks(context, { [KEY]: { label: `${ATTACKS[1]} ${TURNED}`, messages: HOSTILE } });
  const server = await startDashboard(["serve", "--state-dir", folder], { context });
  const hash = `#/sessions/${encodeURIComponent(KEY)}`;
  const page = await openPage(context, { server, browser }, { hash, ready: false, ...options });
  const talk = page.getByRole("region", { name: en.convMessages });
  await talk.getByRole("article").first().waitFor();
  return { page, talk };
}

for (const [width, height] of [
  [1440, 900],
  [390, 844],
]) {
  test(`${width} wide: nothing of it runs, loads, or becomes an element`, async (context) => {
    const { page, talk } = await open(context, { width, height });
    await talk.evaluate((box) => {
      box.scrollTop = 0;
    });
    await eventually(async () => assert.equal(await talk.getByRole("article").count(), 3 * ATTACKS.length));
    for (const fold of await talk.locator("summary").all()) await fold.evaluate((one) => one.click());
    await eventually(async () => assert.ok((await talk.locator("details[open] pre").count()) > ATTACKS.length));
    const forbidden = "img, script, iframe, style, link, form, input, base, meta, math, object, embed, b > b, u, s, i";
    assert.deepEqual(
      await talk.locator(forbidden).evaluateAll((all) => all.map((one) => one.outerHTML.slice(0, 80))),
      [],
    );
    assert.equal(await talk.locator("[id], [style], [onclick], [onerror], [onload], [onmouseover]").count(), 0);
    const links = await talk
      .locator(".fd-md a")
      .evaluateAll((all) => all.map(({ href, target, rel }) => ({ to: new URL(href).protocol, target, rel })));
    assert.ok(links.length > 0, "what may be a link is one");
    for (const link of links) assert.deepEqual(link, { to: "https:", target: "_blank", rel: "noopener noreferrer" });
    assert.equal(await page.evaluate(() => globalThis.wasRun), undefined);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${wide} px too wide`);
    const sticking = await talk.evaluate((box) =>
      [...box.querySelectorAll("*")]
        .filter((one) => one.getBoundingClientRect().right > box.getBoundingClientRect().right + 1)
        .filter((one) => !one.closest("summary, .fd-md__wide, .fd-cut"))
        .map((one) => one.outerHTML.slice(0, 100)),
    );
    assert.deepEqual(sticking, []);
  });
}

test("what turns directions is shown by its number, and turns nothing", async (context) => {
  const { page, talk } = await open(context);
  const turning = /[\u202a-\u202e\u2066-\u2069]/;
  for (const fold of await talk.locator("summary").all()) await fold.evaluate((one) => one.click());
  await talk.getByText("U+202E").first().waitFor();
  assert.doesNotMatch(await talk.evaluate((box) => box.textContent), turning);
  assert.doesNotMatch(await page.getByRole("heading", { level: 1 }).innerText(), turning);
  assert.doesNotMatch(await page.getByRole("navigation", { name: en.sessions }).innerText(), turning);
  const isolated = await talk
    .locator(".fd-md > *")
    .evaluateAll((all) =>
      all.every((one) => one.dir === "auto" || !/^(P|H3|UL|OL)$/.test(one.tagName) || one.matches("ul, ol")),
    );
  assert.ok(isolated, "each paragraph has its own direction");
});

test("a hostile search is text", async (context) => {
  const { page, talk } = await open(context);
  await page.keyboard.press("/");
  for (const query of ["<script>", "onerror=", ".*", "\\", "(", "\u202E"]) {
    await page.getByRole("searchbox", { name: en.convSearch }).fill(query);
    await page.waitForURL((url) => url.hash.includes("find="));
    await eventually(async () =>
      assert.ok(
        (await talk.getByRole("article").count()) > 0 ||
          (await page.getByRole("heading", { name: en.convNoHit }).isVisible()),
      ),
    );
  }
  assert.equal(await page.evaluate(() => globalThis.wasRun), undefined);
});

test("texts of hundreds of thousands of characters do not stop the page", async (context) => {
  const huge = [
    "word ".repeat(60_000),
    "*_a".repeat(16_000),
    "x".repeat(190_000),
    "> ".repeat(20_000),
    `| ${"a | ".repeat(9_000)}\n|${"-|".repeat(9_000)}`,
  ];
  const { folder } = await talks(context, { [KEY]: { label: "huge", messages: huge.map((one) => assistant(one)) } });
  const server = await startDashboard(["serve", "--state-dir", folder], { context });
  const hash = `#/sessions/${encodeURIComponent(KEY)}`;
  const page = await openPage(context, { server, browser }, { hash, ready: false });
  await page.addInitScript(() => {
    globalThis.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) globalThis.longest = Math.max(globalThis.longest, duration);
    }).observe({ type: "longtask", buffered: true });
  });
  await page.reload();
  await eventually(async () => assert.equal(await page.getByRole("article").count(), huge.length));
  const longest = await page.evaluate(() => globalThis.longest);
  assert.ok(longest < 4000, `the page stood still for ${Math.round(longest)} ms`);
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
});
