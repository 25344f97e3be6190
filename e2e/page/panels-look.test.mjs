// Panels and tabs at every width, theme and language: nothing wider than the page, nothing that axe dislikes,
// and nothing that hostile words could do.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import test from "node:test";
import { stage } from "../support/page.mjs";
import { detail, everyStep, KEY, NOW, openSession, relative, run, step, turns } from "./panels-detail.mjs";

const here = await stage(test);
const open = openSession(here);
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const EVIL = `"><img src=x onerror="document.title='hit'"><script>document.title='hit'</script>\u202Etxt.exe\u2066 ${"long ".repeat(80)}`;
const error = (message, given = {}) => ({
  kind: "model",
  name: "",
  message,
  count: 12_345,
  firstAt: NOW - 9e8,
  lastAt: NOW,
  models: [EVIL, "b", "c", "d", "e", "f", "g"],
  aborted: false,
  wastedTokens: 1_203_450,
  wastedCost: 1234.5,
  ...given,
});

/** Much of everything, all of it with words that mean harm. */
function hostile() {
  const steps = [
    step("model", EVIL, NOW, NOW + 1e5, { error: EVIL }),
    step("wait", "retry", NOW + 1e5, NOW + 2e5),
    step("tool", EVIL, NOW + 2e5, NOW + 3e5, { detail: EVIL, exitCode: 1 }),
    step("subagent", EVIL, NOW + 3e5, NOW + 4e5, { detail: EVIL, childKey: EVIL }),
  ];
  return {
    label: EVIL,
    turns: turns(2000, { model: EVIL, error: EVIL }),
    turnsOmitted: 12_345,
    runs: [
      ...Array.from({ length: 30 }, (_, n) => run(`r${n}`, NOW - (40 - n) * 1e6, 1e5, { prompt: EVIL, errors: 3 })),
      run("evil", NOW, 5e5, { steps, prompt: EVIL, state: "failed" }),
    ],
    runsBefore: "c",
    readBytes: 4e6,
    ofBytes: 1.07e9,
    tools: [{ name: EVIL, calls: 1_234_567, errors: 123_456, durationMs: 9e9 }],
    errors: [
      error(EVIL),
      error("", { aborted: true, wastedCost: null }),
      error(EVIL, { kind: "tool", name: EVIL }),
      error("", { kind: "turn" }),
    ],
    errorsOmitted: 12_345,
    familyOmitted: 1_234,
    family: [
      relative(KEY, null, 0, { label: EVIL }),
      ...Array.from({ length: 40 }, (_, n) =>
        relative(`k${n}`, n ? `k${n - 1}` : KEY, n + 1, { label: EVIL, cost: 12_345.67 }),
      ),
    ],
  };
}
const logs = () => ({
  json: {
    lines: Array.from({ length: 60 }, (_, n) => ({
      at: NOW,
      level: ["trace", "debug", "info", "warn", "error", "fatal"][n % 6],
      subsystem: n % 2 ? EVIL : null,
      message: EVIL,
      mine: true,
    })),
    after: "1",
    source: "file",
    file: EVIL,
    problem: EVIL,
    masked: 1,
  },
});

const CASES = {
  much: hostile(),
  one: { turns: turns(1), runs: [everyStep(NOW, null)], contextWindow: null, errors: [error("once", { count: 1 })] },
  nothing: { turns: [], runs: [], tools: [], messages: "none", usage: { ...detail(KEY).usage, calls: 0, cost: null } },
};

for (const width of [1440, 820, 390]) {
  for (const [theme, language] of [
    ["dark", "en"],
    ["light", "ko"],
  ]) {
    for (const [name, said] of Object.entries(CASES)) {
      test(`${name}: ${width} wide, ${theme}, ${language}`, async (context) => {
        const page = await open(context, said, {
          width,
          theme,
          language,
          logs,
          reducedMotion: true,
          prepare: (one) => one.addInitScript(axe),
        });
        const wrong = [];
        for (const tab of ["runs", "logs", "errors"]) {
          await page.getByRole("tab").nth(["conversation", "runs", "logs", "errors"].indexOf(tab)).click();
          await page.waitForTimeout(150);
          const { tooWide, found } = await page.evaluate(async () => {
            const { violations } = await globalThis.axe.run("main", { resultTypes: ["violations"] });
            return {
              tooWide: document.documentElement.scrollWidth - innerWidth,
              found: violations.flatMap(({ id, nodes }) =>
                nodes.map(({ target, any }) => `${id}: ${target.join(" ")} ${any[0]?.message ?? ""}`),
              ),
            };
          });
          if (tooWide > 0) wrong.push(`${tab}: ${tooWide} px too wide`);
          wrong.push(...found.map((one) => `${tab}: ${one}`));
        }
        assert.deepEqual(wrong, []);
        assert.equal(await page.locator("main img, main script").count(), 0);
        assert.notEqual(await page.title(), "hit");
      });
    }
  }
}
