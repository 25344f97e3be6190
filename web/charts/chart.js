// The only user of the chart library. A chart fills its box, follows its size and the theme.
import { html, useEffect, useRef } from "../lib/html.js";

export const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function options(width, height) {
  return {
    width,
    height,
    padding: [2, 0, 2, 0],
    legend: { show: false },
    cursor: { show: false },
    select: { show: false },
    axes: [{ show: false }, { show: false }],
    scales: { x: { time: true }, y: { range: (_, low, high) => [0, high > 0 ? high : 1] } },
    series: [
      {},
      {
        stroke: () => color("--chart-line"),
        width: 1.5,
        fill: () => `color-mix(in srgb, ${color("--chart-line")} 8%, transparent)`,
        points: { show: false },
      },
    ],
  };
}

/** Puts a chart into an element, and its handle into `chart`; what comes back takes it out again. */
export function mount(element, chart, make, data) {
  chart.current = new globalThis.uPlot(make(element.clientWidth || 200, element.clientHeight || 36), data, element);
  const follow = new ResizeObserver(() =>
    chart.current?.setSize({ width: element.clientWidth, height: element.clientHeight }),
  );
  follow.observe(element);
  return () => {
    follow.disconnect();
    chart.current?.destroy();
    chart.current = null;
  };
}

/** `data` is [times in seconds, values]. */
export function AreaChart({ data, label, theme }) {
  const box = useRef(null);
  const chart = useRef(null);
  useEffect(() => mount(box.current, chart, options, data), [theme]);
  useEffect(() => {
    chart.current?.setData(data);
  }, [data]);
  return html`<div class="fd-chart" ref=${box} role="img" aria-label=${label}></div>`;
}
