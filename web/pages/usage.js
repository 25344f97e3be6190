// What the work costs over time: figures, one chart, and what it is made of.
import { html, useEffect, useMemo, useSignal } from "../lib/html.js";
import { dayOf } from "../lib/days.js";
import { language } from "../lib/prefs.js";
import { choice, follow, isPending, usage, usageError, zone } from "../lib/usage-store.js";
import { drawn } from "../lib/usage-view.js";
import { forecast } from "../charts/forecast.js";
import { UsageChart } from "../components/usage-chart.js";
import { UsageControls } from "../components/usage-controls.js";
import { UsageMatrix } from "../components/usage-matrix.js";
import { UsageSessions } from "../components/usage-sessions.js";
import { NoCalls, UsageBanner, UsageSkeleton } from "../components/usage-states.js";
import { UsageTiles } from "../components/usage-tiles.js";
import { UsageTokens } from "../components/usage-tokens.js";
import { UsageYear } from "../components/usage-year.js";

/** `14:05`, the time of day in the zone of the days. */
const timeOfDay = (ms) =>
  new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(ms);

/** How today is likely to end, in one measure. */
function likelyOf({ recent, choice: { today }, at }, measure) {
  const firstDay = recent.firstCallAt && dayOf(recent.firstCallAt, zone);
  return forecast(recent.buckets, today, timeOfDay(at), firstDay, measure);
}

function Content({ data, measure }) {
  const tongue = useSignal(language);
  const shape = useMemo(() => drawn(data, measure), [data, measure, tongue]);
  const likely = useMemo(() => likelyOf(data, measure), [data, measure]);
  const likelyCost = useMemo(() => likelyOf(data, "cost"), [data]);
  return html`<${UsageTiles} data=${data} likely=${likelyCost} />
    <${UsageChart} data=${data} shape=${shape} measure=${measure} likely=${likely} />
    <div class="fd-2up">
      <${UsageMatrix} data=${data} measure=${measure} />
      <${UsageSessions} data=${data} />
    </div>
    <div class="fd-2up">
      <${UsageYear} data=${data} measure=${measure} />
      <${UsageTokens} data=${data} />
    </div>`;
}

function Figures() {
  const data = useSignal(usage);
  const problem = useSignal(usageError);
  const { measure } = useSignal(choice);
  if (!data) return problem ? null : html`<${UsageSkeleton} />`;
  if (data.chart.firstCallAt === null) return html`<${NoCalls} />`;
  return html`<${Content} data=${data} measure=${measure} />`;
}

export function Usage() {
  useEffect(follow, []);
  const isWaiting = useSignal(isPending);
  const problem = useSignal(usageError);
  return html`<${UsageControls} />
    <${UsageBanner} />
    <div class="fd-usage" aria-busy=${isWaiting && !problem ? "true" : undefined}><${Figures} /></div>`;
}
