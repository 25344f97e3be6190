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
function Words({ kind, message, aborted }) {
  if (aborted && ["", "aborted"].includes(message)) return null;
  if (!message) return html`<p class="fd-mute">${t(kind === "model" ? "pNoMessage" : "pNoWords")}</p>`;
  return html`<p class="fd-err__m"><bdi>${short(message, LONGEST)}</bdi></p>`;
}

/** What failed, in words: a tool by its name; of a model call it goes without saying. */
function What({ kind, name }) {
  if (kind === "model") return null;
  return html`<span class="fd-err__w">
    <${Icon} name=${kind === "tool" ? "tools" : "person"} />${kind === "tool" ? html`<bdi class="fd-mono">${short(name, 80)}</bdi>` : t("pTurnFailed")}
  </span>`;
}

function Trouble({ error, now }) {
  const { kind, message, count, firstAt, lastAt, models, aborted, wastedTokens, wastedCost } = error;
  const [icon, look, word] = aborted ? ["slash-circle", "none", "aborted"] : ["x-octagon-fill", "failed", "failed"];
  const names = models
    .slice(0, MOST_MODELS)
    .map((model, place) => html`${place > 0 && ", "}<bdi>${short(model, 80)}</bdi>`);
  const rest = models.length - MOST_MODELS;
  return html`<li class="fd-err">
    <p class="fd-err__h">
      <span class=${`fd-tag fd-tag--${look}`}><${Icon} name=${icon} />${t(word)}</span>
      <${What} ...${error} />
      <b>${t("pTimes", { n: count, c: exact(count) })}</b>
      <span class="fd-mute fd-push">${t("pLast", { time: moment(lastAt, now) })}</span>
    </p>
    <${Words} ...${{ kind, message, aborted }} />
    <dl>
      ${fact("pFirstSeen", html`<time>${moment(firstAt, now)}</time>`)}
      ${fact("pLastSeen", html`<time>${moment(lastAt, now)}</time>`)}
      ${kind === "model" && fact("pWastedTokens", tokens(wastedTokens), exact(wastedTokens))}
      ${kind === "model" && fact("pWastedCost", wastedCost === null ? t("unpriced") : money(wastedCost), wastedCost === null ? undefined : exactMoney(wastedCost))}
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

const sum = (some, field) => some.reduce((all, one) => all + (one[field] ?? 0), 0);

/** Model calls with what they took, then what else failed. */
function Summary({ errors, usage }) {
  const of = (kind, isStopped = false) => errors.filter((one) => one.kind === kind && one.aborted === isStopped);
  const counted = (word, some) => {
    const n = sum(some, "count");
    return n > 0 && t(word, { n, c: exact(n) });
  };
  const calls = [...of("model"), ...of("model", true)];
  const what = [counted("pFailedCalls", of("model")), counted("pAbortedCalls", of("model", true))];
  const parts = [
    calls.length > 0 &&
      t("pErrorsSum", {
        what: what.filter(Boolean).join(", "),
        of: exact(usage.calls),
        tokens: tokens(sum(calls, "wastedTokens")),
        cost: money(sum(calls, "wastedCost")),
      }),
    counted("pFailedTools", of("tool")),
    counted("pFailedTurns", of("turn")),
  ];
  return html`<p class="fd-note fd-note--top">${parts.filter(Boolean).join(" ")}</p>`;
}

export function ErrorsTab({ detail }) {
  useSignal(language);
  const now = useClock(false);
  const { errors, errorsOmitted, usage } = detail;
  if (errors.length === 0) return html`<${Calm} usage=${usage} />`;
  const key = ({ kind, name, message, aborted }) => JSON.stringify([kind, name, message, aborted]);
  return html`<${Summary} errors=${errors} usage=${usage} />
    <ol class="fd-errs" aria-label=${t("pErrorsTitle")}>
      ${errors.map((error) => html`<${Trouble} key=${key(error)} error=${error} now=${now} />`)}
    </ol>
    ${errorsOmitted > 0 && html`<p class="fd-note">${t("pErrorsOmitted", { n: errorsOmitted, c: exact(errorsOmitted) })}</p>`}`;
}
