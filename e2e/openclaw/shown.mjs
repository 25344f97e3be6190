// What the page shows of one session: the exact figures in the row's tooltips and on the page of the session.
import { en, isClosed, sessionPage } from "../support/page.mjs";

export const rowOf = (page, key) => page.locator(`tbody tr[data-key="${key}"]`);

/** Every tooltip of the row's cells. */
export function tooltips(page, key) {
  return rowOf(page, key).evaluate((row) => [row, ...row.querySelectorAll("[title]")].map((element) => element.title));
}

/** Opens the session, reads its pairs of name and value, and closes it. */
export async function panelOf(page, key) {
  await rowOf(page, key).getByRole("link").click();
  const main = sessionPage(page);
  await main.waitFor();
  const facts = await main
    .locator("details dl > div")
    .evaluateAll((pairs) =>
      pairs.map((pair) => [pair.querySelector("dt").textContent, pair.querySelector("dd").textContent.trim()]),
    );
  await main.getByRole("button", { name: en.close, exact: true }).click();
  await isClosed(page);
  return Object.fromEntries(facts);
}
