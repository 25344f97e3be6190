// The exact figures of a run or of one of its steps.
import { html } from "../../lib/html.js";
import { t } from "../../lib/i18n.js";
import { clock, exact, exactMoney } from "../../lib/format.js";
import { brief, lasted, rowName, short, stepEnd, stepName } from "./timeline-words.js";

const pair = (name, value) => html`<p key=${name}><span>${name}</span><b>${value}</b></p>`;

function When({ from, to, isOpen }) {
  return pair(t("pWhen"), `${clock(from)} – ${isOpen ? t("pNow") : clock(to)} · ${lasted(Math.max(0, to - from))}`);
}

function Spent({ tokens, cost }) {
  return [
    tokens !== null && tokens !== undefined && pair(t("tokens"), exact(tokens)),
    cost !== null && cost !== undefined && pair(t("cost"), exactMoney(cost)),
  ];
}

/** Of a row that holds several steps without one being pointed at. */
function Sum({ row, family }) {
  const known = (field) => row.steps.filter((step) => (step[field] ?? null) !== null);
  const sum = (field) => known(field).reduce((all, step) => all + step[field], 0);
  const tokens = known("tokens").length > 0 ? sum("tokens") : null;
  const cost = known("cost").length > 0 ? sum("cost") : null;
  return html`<b class="fd-cut"><bdi>${rowName(row, family)}</bdi></b>
    ${pair(t("pSteps"), exact(row.steps.length))}
    ${pair(t("pBusy"), brief(row.busyMs))}
    ${row.failed > 0 && pair(t("pFailedSteps"), exact(row.failed))}
    <${Spent} tokens=${tokens} cost=${cost} />`;
}

export function RunTip({ run, view }) {
  return html`<b class="fd-cut"><bdi>${run.prompt ? short(run.prompt) : t(`pTrigger_${run.trigger}`)}</bdi></b>
    <${When} from=${view.from} to=${view.edge} isOpen=${view.isLive} />
    ${pair(t("calls"), exact(run.calls))}
    ${pair(t("pTools"), exact(run.tools))}
    ${run.errors > 0 && pair(t("pErrors"), exact(run.errors))}
    <${Spent} tokens=${run.tokens} cost=${run.cost} />`;
}

/** `bar` is the one pointed at; null is the whole row. */
export function StepTip({ row, bar, view, family }) {
  if (!bar && row.steps.length > 1) return html`<${Sum} row=${row} family=${family} />`;
  const step = bar?.step ?? row.steps[0];
  const end = stepEnd(step) ?? (row.why && short(row.why, 300));
  const number = row.kind === "model" ? row.first + row.steps.indexOf(step) : null;
  const isOpen = view.isLive && step.endedAt === null;
  return html`<b class="fd-cut"><bdi>${stepName(step, number, family)}</bdi></b>
    ${step.kind === "model" && step.name && html`<p class="fd-mute"><bdi class="fd-cut">${short(step.name)}</bdi></p>`}
    <${When} from=${step.startedAt} to=${step.endedAt ?? (isOpen ? view.edge : step.startedAt)} isOpen=${isOpen} />
    ${!isOpen && step.endedAt === null && html`<p class="fd-mute">${t("pNoEnd")}</p>`}
    ${end && html`<p class="fd-tip__long"><bdi>${end}</bdi></p>`}
    <${Spent} tokens=${step.tokens} cost=${step.cost} />`;
}
