import type uPlot from "uplot";
import { durationText } from "../../src/base/rounded.js";
import type { MmuData } from "../../src/report/html/page-data.js";
import { DURATIONS_PADDING, durationAxis, percentAxis } from "./axis.js";
import type { ChartMaker } from "./chart.js";
import { color } from "./theme.js";

/** Minimum mutator utilization by the length of the window. */
export function mmuChart(rows: readonly MmuData[]): ChartMaker {
  const windows = windowsOf(rows);
  const curves = rows.map(({ points }) => {
    const at = new Map(points.map(([window, utilization]) => [window, 100 * utilization]));
    return windows.map((window) => at.get(window) ?? null);
  });
  return (size) => ({
    options: {
      ...size,
      scales: {
        x: { time: false, distr: 3, range: () => [windows[0] ?? 1, windows.at(-1) ?? 1] },
        y: { range: () => [0, 102] },
      },
      axes: [durationAxis(), percentAxis()],
      cursor: { points: { size: 6 }, drag: { setScale: false, x: false, y: false } },
      padding: DURATIONS_PADDING,
      series: [
        {
          label: "window",
          value: (_plot, value) => (value === null ? "–" : durationText(Math.round(value))),
        },
        ...rows.map(
          ({ label, color: number, dashed }): uPlot.Series => ({
            label,
            stroke: color(`--s${number}`),
            width: 2,
            spanGaps: true,
            points: { show: false },
            ...(dashed && { dash: [6, 4] }),
            value: (_plot, value) => (value === null ? "–" : `${value.toFixed(1)} %`),
          }),
        ),
      ],
    },
    data: [windows, ...curves],
  });
}

/** The windows of all curves. Of the shortest, in which all curves are at 0, the last one is enough. */
function windowsOf(rows: readonly MmuData[]): number[] {
  const points = rows.flatMap((row) => row.points);
  const windows = [...new Set(points.map(([window]) => window))].sort((a, b) => a - b);
  const first = Math.min(...points.filter(([, utilization]) => utilization > 0).map(([window]) => window));
  return windows.slice(Math.max(0, windows.filter((window) => window < first).length - 1));
}
