// How the page stands on a desktop, a tablet and a phone.
import assert from "node:assert/strict";
import test from "node:test";
import { en, eventually, isClosed, ko, region, sessionPage, shown, stage } from "../support/page.mjs";

const here = await stage(test);
const SIZES = [
  { width: 1440, height: 900, columns: 3 },
  { width: 820, height: 1180, columns: 2 },
  { width: 390, height: 844, columns: 1 },
];

/** How far the page can be scrolled to the side, and what sticks out. */
const overflow = (page) =>
  page.evaluate(() => {
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    const out =
      wide > 0
        ? [...document.querySelectorAll("body *")]
            .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
            .map((one) => `${one.tagName} ${one.className} ${one.innerText?.slice(0, 40)}`)
            .slice(0, 5)
        : [];
    return { wide, out };
  });

for (const { width, height, columns } of SIZES) {
  test(`${width} wide: stat cards in ${columns} column${columns > 1 ? "s" : ""}`, async (context) => {
    const page = await here.open(context, { width, height });
    const boxes = await region(page, en.figures)
      .getByRole("link")
      .evaluateAll((all) =>
        all.map((one) => {
          const { x, y, width: w, height: h } = one.getBoundingClientRect();
          return { x, y, w, h };
        }),
      );
    assert.equal(new Set(boxes.map((box) => Math.round(box.x))).size, columns);
    assert.equal(new Set(boxes.map((box) => Math.round(box.y))).size, 6 / columns);
  });
}

for (const width of [1440, 1200, 1024, 820, 768, 390, 320]) {
  for (const language of ["en", "ko"]) {
    test(`${width} wide, ${language}: no page scrolls to the side, nothing is written smaller than 12 px`, async (context) => {
      const page = await here.open(context, { width, height: 900, language });
      const small = () =>
        page.evaluate(() => {
          const found = new Set();
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const holder = walker.currentNode.parentElement;
            if (
              walker.currentNode.data.trim() &&
              holder.checkVisibility() &&
              parseFloat(getComputedStyle(holder).fontSize) < 12
            )
              found.add(`${getComputedStyle(holder).fontSize} ${walker.currentNode.data.trim().slice(0, 40)}`);
          }
          return [...found];
        });
      assert.deepEqual([await overflow(page), await small()], [{ wide: 0, out: [] }, []], "overview");
      await page.locator("tbody tr[data-key]").first().getByRole("link").click();
      await sessionPage(page).waitFor();
      await shown(page);
      assert.deepEqual([await overflow(page), await small()], [{ wide: 0, out: [] }, []], "an opened session");
      await page.keyboard.press("Escape");
      await isClosed(page);
      await page.goto(`${here.server.url}/#/sources`);
      await page.getByRole("heading", { level: 1, name: { en, ko }[language].sourcesTitle }).waitFor();
      assert.deepEqual([await overflow(page), await small()], [{ wide: 0, out: [] }, []], "sources");
    });
  }
}

test("both pages can be reached at every width", async (context) => {
  for (const { width, height } of SIZES) {
    const page = await here.open(context, { width, height });
    const to = (name) =>
      page.getByRole("navigation").filter({ visible: true }).getByRole("link", { name, exact: true }).click();
    await to(en.sources);
    await page.getByRole("heading", { level: 1, name: en.sourcesTitle }).waitFor();
    await to(en.overview);
    await page.getByRole("table").waitFor();
  }
});

test("running work moves gently; with reduced motion nothing moves", async (context) => {
  const names = (page) =>
    page.evaluate(() =>
      document
        .getAnimations()
        .filter((one) => one.playState === "running")
        .map((one) => one.animationName ?? one.transitionProperty),
    );
  const moving = await here.open(context);
  await eventually(async () => assert.ok((await names(moving)).length > 0, "a running task is animated"));
  const still = await here.open(context, { reducedMotion: true });
  for (let look = 0; look < 3; look += 1) {
    assert.deepEqual(await names(still), []);
    const seconds = await region(still, en.taskQueue).innerText();
    await eventually(async () => assert.notEqual(await region(still, en.taskQueue).innerText(), seconds));
  }
});

test("a stuck run stands still while others breathe", async (context) => {
  const page = await here.open(context);
  const still = await region(page, en.taskQueue)
    .getByRole("listitem")
    .filter({ hasText: "silent" })
    .first()
    .evaluate((item) => item.getAnimations({ subtree: true }).length);
  assert.equal(still, 0);
});

test("the first screen of a desktop holds the three answers, the queue and the figures", async (context) => {
  const page = await here.open(context);
  for (const name of [en.rightNow, en.taskQueue, en.figures]) {
    const box = await region(page, name).boundingBox();
    assert.ok(box.y >= 0 && box.y + box.height <= 900, `${name}: ${JSON.stringify(box)}`);
  }
});
