// How a person acts on a session: signs in once, opens it, answers the question, reads what became of it.
import { en, isClosed } from "../support/page.mjs";
import { rowOf } from "./shown.mjs";

/** The question stays when the session that it is about goes. */
const question = (page) => page.getByRole("dialog").last();

/** On the sign-in page, and back to the sessions. */
export async function signIn(page, token) {
  await page.goto(new URL("sign-in", page.url()).href);
  await page.getByLabel(/token/i).fill(token);
  await page.getByRole("button").click();
  await page.getByLabel(en.pickAll).waitFor();
}

/** Opens the session's menu of actions, chooses one, answers the question, and gives the outcome's words. */
export async function act(page, key, action, { message, name } = {}) {
  await rowOf(page, key).getByRole("link").first().click();
  await page.getByRole("main").getByRole("button", { name: en.sesMore }).click();
  await page.getByRole("menuitem", { name: `${en[`act_${action}`]}…`, exact: true }).click();
  await question(page).waitFor();
  if (message ?? name)
    await question(page)
      .getByRole("textbox")
      .fill(message ?? name);
  await question(page)
    .getByRole("button", { name: en[`act_${action}`], exact: true })
    .click();
  const outcome = question(page).getByRole("listitem").filter({ hasText: OUTCOMES }).first();
  await outcome.waitFor({ timeout: 60_000 });
  const words = (await outcome.innerText()).replace(/\s+/g, " ").trim();
  await question(page).getByRole("button", { name: en.close }).last().click();
  await page.getByRole("main").getByRole("button", { name: en.close, exact: true }).click();
  await isClosed(page);
  return words;
}

const OUTCOMES = new RegExp([en.outcome_done, en.outcome_not_running, en.outcome_refused, en.unknownText].join("|"));
