// What the page shows of one session: the exact figures in the row's tooltips and in the panel that the row opens.
import { en } from "../support/page.mjs";

export const rowOf = (page, key) => page.locator(`tbody tr[data-key="${key}"]`);

/** Every tooltip of the row's cells. */
export function tooltips(page, key) {
  return rowOf(page, key).evaluate((row) => [row, ...row.querySelectorAll("[title]")].map((element) => element.title));
}

/** Opens the panel, reads its pairs of name and value, and closes it. */
export async function panelOf(page, key) {
  await rowOf(page, key).getByRole("link").click();
  const panel = page.getByRole("dialog");
  const facts = await panel
    .locator("dl > div")
    .evaluateAll((pairs) =>
      pairs.map((pair) => [pair.querySelector("dt").textContent, pair.querySelector("dd").textContent.trim()]),
    );
  await panel.getByRole("button", { name: en.close }).click();
  return Object.fromEntries(facts);
}
