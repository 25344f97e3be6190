// Debian's Chromium with everything written down that a page does wrong.
import { existsSync } from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";

/** Background services of the browser stay off: a test speaks to nobody but the program. */
const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

function executable() {
  const folders = ["/usr/bin", ...(process.env.PATH ?? "").split(path.delimiter)];
  const names = process.env.CHROMIUM
    ? [process.env.CHROMIUM]
    : folders.flatMap((folder) => ["chromium", "chromium-browser"].map((name) => path.join(folder, name)));
  const found = names.find((file) => existsSync(file));
  if (!found) throw new Error("Chromium is missing. Install it: apt-get install chromium");
  return found;
}

/** Everything that must not happen, as lines of text. `about:` and `data:` leave the machine nowhere. */
async function watch(page, problems) {
  const note = (kind, text) => problems.push(`${kind}: ${text}`);
  let home = null;
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()))
      note(`console ${message.type()}`, `${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => note("page error", error.stack ?? String(error)));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (!/^(https?|wss?):$/.test(url.protocol)) return;
    home ??= url.host;
    if (url.host !== home) note("another host", request.url());
  });
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText ?? "";
    // A page that is left gives up what it waits for.
    if (why !== "net::ERR_ABORTED") note("failed request", `${request.url()} ${why}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) note("answer", `${response.status()} ${response.url()}`);
  });
  await page.exposeBinding("noteViolation", (_source, text) => note("content policy", text));
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) =>
      globalThis.noteViolation(
        `${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile ?? ""}:${event.lineNumber}`,
      ),
    );
  });
}

/**
 * A browser with a profile of its own, thrown away at the end.
 * `page` opens a window that shares nothing with the others; its `problems` is the list above.
 */
export async function openBrowser() {
  // Playwright gives every launch a fresh user-data-dir, and deletes it.
  const browser = await chromium.launch({ executablePath: executable(), args: FLAGS, chromiumSandbox: false });
  return {
    async page({
      width = 1440,
      height = 900,
      theme = "dark",
      language = "en",
      reducedMotion = false,
      scale = 1,
      timezone,
    } = {}) {
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme: theme,
        locale: language === "ko" ? "ko-KR" : "en-GB",
        reducedMotion: reducedMotion ? "reduce" : "no-preference",
        deviceScaleFactor: scale,
        timezoneId: timezone,
        permissions: ["clipboard-read", "clipboard-write"],
        acceptDownloads: true,
      });
      const page = await context.newPage();
      page.setDefaultTimeout(30_000);
      page.problems = [];
      await watch(page, page.problems);
      return page;
    },
    close: () => browser.close(),
  };
}
