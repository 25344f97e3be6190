// The choices of the Usage page. Each is an entry of the history, so that the way back undoes it.
import { html, useEffect, useRef, useSignal } from "../lib/html.js";
import { t } from "../lib/i18n.js";
import { choice } from "../lib/usage-store.js";
import { BUCKETS, GROUPS, MEASURES, RANGES } from "../lib/usage-range.js";
import { pick, pickRange } from "../lib/usage-view.js";
import { UsageDates } from "./usage-dates.js";

/** One of a few words; the row scrolls by itself where it is wider than the screen. */
function Segments({ name, words, wordOf, titleOf = () => undefined, chosen, onPick }) {
  const box = useRef(null);
  useEffect(() => {
    const pressed = box.current.querySelector("[aria-pressed=true]");
    if (pressed) box.current.scrollLeft = pressed.offsetLeft - (box.current.clientWidth - pressed.offsetWidth) / 2;
  }, [chosen]);
  const button = (word) => html`<button
    key=${word}
    type="button"
    aria-pressed=${word === chosen}
    title=${titleOf(word)}
    onClick=${() => onPick(word)}
  >
    ${wordOf(word)}
  </button>`;
  return html`<div class="fd-seg" ref=${box} role="group" aria-label=${name}>${words.map(button)}</div>`;
}

export function UsageControls() {
  const wanted = useSignal(choice);
  return html`<div class="fd-utools">
    <h1>${t("usage")}</h1>
    <${Segments}
      name=${t("uRange")}
      words=${RANGES}
      wordOf=${(word) => t(`uRange_${word}`)}
      titleOf=${(word) => t(`uRangeLong_${word}`)}
      chosen=${wanted.range}
      onPick=${pickRange}
    />
    <${UsageDates} choice=${wanted} />
    <span class="fd-push"></span>
    <${Segments}
      name=${t("uMeasure")}
      words=${MEASURES}
      wordOf=${(word) => t(`uMeasure_${word}`)}
      chosen=${wanted.measure}
      onPick=${(measure) => pick({ measure })}
    />
    <${Segments}
      name=${t("uBy")}
      words=${GROUPS}
      wordOf=${(word) => t(word)}
      chosen=${wanted.by}
      onPick=${(by) => pick({ by, only: null })}
    />
    <${Segments}
      name=${t("uStep")}
      words=${BUCKETS.filter((bucket) => wanted.buckets.includes(bucket))}
      wordOf=${(word) => t(`uBucket_${word}`)}
      chosen=${wanted.bucket}
      onPick=${(bucket) => pick({ bucket })}
    />
  </div>`;
}
