// What failed, how often, when, and what was paid for it.
import { html, useSignal } from "../../lib/html.js";
import { t } from "../../lib/i18n.js";
import { exact, exactMoney, money, tokens } from "../../lib/format.js";
import { language } from "../../lib/prefs.js";
import { Icon } from "../icon.js";
import { useClock } from "./timeline-runs.js";
import { moment, short } from "./timeline-words.js";

/** A provider may answer with a page: so much of it is read. */
const LONGEST = 1200;
const MOST_MODELS = 5;

const fact = (name, value, title) => html`<div key=${name}><dt>${t(name)}</dt><dd title=${title}>${value}</dd></div>`;

/** Who stopped a call needs no message. */
function Words({ message, aborted }) {
  if (aborted && ["", "aborted"].includes(message)) return null;
  if (!message) return html`<p class="fd-mute">${t("pNoMessage")}</p>`;
  return html`<p class="fd-err__m"><bdi>${short(message, LONGEST)}</bdi></p>`;
}

function Trouble({ error, now }) {
  const { message, count, firstAt, lastAt, models, aborted, wastedTokens, wastedCost } = error;
  const [icon, look, word] = aborted ? ["slash-circle", "none", "aborted"] : ["x-octagon-fill", "failed", "failed"];
  const names = models
    .slice(0, MOST_MODELS)
    .map((model, place) => html`${place > 0 && ", "}<bdi>${short(model, 80)}</bdi>`);
  const rest = models.length - MOST_MODELS;
  return html`<li class="fd-err">
    <p class="fd-err__h">
      <span class=${`fd-tag fd-tag--${look}`}><${Icon} name=${icon} />${t(word)}</span>
      <b>${t("pTimes", { n: count, c: exact(count) })}</b>
      <span class="fd-mute fd-push">${t("pLast", { time: moment(lastAt, now) })}</span>
    </p>
    <${Words} message=${message} aborted=${aborted} />
    <dl>
      ${fact("pFirstSeen", html`<time>${moment(firstAt, now)}</time>`)}
      ${fact("pLastSeen", html`<time>${moment(lastAt, now)}</time>`)}
      ${fact("pWastedTokens", tokens(wastedTokens), exact(wastedTokens))}
      ${fact("pWastedCost", wastedCost === null ? t("unpriced") : money(wastedCost), wastedCost === null ? undefined : exactMoney(wastedCost))}
      ${models.length > 0 && fact("model", html`${names}${rest > 0 && ` ${t("pMoreNames", { n: rest })}`}`)}
    </dl>
  </li>`;
}

function Calm({ usage }) {
  return html`<div class="fd-state">
    <${Icon} name="check-circle-fill" extra="fd-tag--ok" />
    <h3>${t("pNothingFailed")}</h3>
    <p>${usage.calls > 0 ? t("pNothingFailedText", { n: usage.calls, c: exact(usage.calls) }) : t("pNoTurns")}</p>
  </div>`;
}

export function ErrorsTab({ detail }) {
  useSignal(language);
  const now = useClock(false);
  const { errors, usage } = detail;
  if (errors.length === 0) return html`<${Calm} usage=${usage} />`;
  const sum = (field, some = errors) => some.reduce((all, one) => all + (one[field] ?? 0), 0);
  const count = (word, isStopped) => {
    const n = sum(
      "count",
      errors.filter(({ aborted }) => aborted === isStopped),
    );
    return n > 0 && t(word, { n, c: exact(n) });
  };
  const words = t("pErrorsSum", {
    what: [count("pFailedCalls", false), count("pAbortedCalls", true)].filter(Boolean).join(", "),
    of: exact(usage.calls),
    tokens: tokens(sum("wastedTokens")),
    cost: money(sum("wastedCost")),
  });
  return html`<p class="fd-note fd-note--top">${words}</p>
    <ol class="fd-errs" aria-label=${t("pErrorsTitle")}>
      ${errors.map((error) => html`<${Trouble} key=${`${error.message} ${error.aborted}`} error=${error} now=${now} />`)}
    </ol>`;
}
