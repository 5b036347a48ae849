import uPlot from "uplot";
import { durationText } from "../../src/base/rounded.js";
import type { LatencyData } from "../../src/report/html/page-data.js";
import { DURATIONS_PADDING, durationAxis, percentAxis } from "./axis.js";
import type { ChartMaker } from "./chart.js";
import { color, faded } from "./theme.js";

/** Bins for each power of two. */
const BINS = 4;
/** Distributions that are shown at first: the first ones of so many values. */
const FIRST = 5;
const ENOUGH = 10;
/** Colours of series in the style. */
const COLORS = 8;
const MARKS = [
  { key: "p50", size: 4.5 },
  { key: "p90", size: 3.5 },
  { key: "p99", size: 3.5 },
] as const;
/** Room for the text of a mark, in pixels. */
const TEXT = { width: 26, height: 13 };

/** Distributions over one another, with marks at their percentiles. */
export function latencyChart(rows: readonly LatencyData[]): ChartMaker {
  const at = rows.flatMap(({ bins }) => bins.map(([from]) => binOf(from)));
  const [first, last] = [Math.min(...at) - 1, Math.max(...at) + 1];
  const grid = Array.from({ length: last - first + 1 }, (_, i) => 2 ** ((first + i + 0.5) / BINS));
  const shares = rows.map(({ bins, count }) => {
    const values = grid.map(() => 0);
    for (const [from, times] of bins) values[binOf(from) - first] = (100 * times) / count;
    return values;
  });
  const told = rows.filter(({ count }) => count >= ENOUGH);
  const shownFirst = new Set((told.length > 0 ? told : rows).slice(0, FIRST));
  return (size) => ({
    options: {
      ...size,
      scales: {
        x: { time: false, distr: 3, range: () => [grid[0] ?? 1, grid.at(-1) ?? 1] },
        y: { range: (_plot, _min, max) => [0, Math.max(1, max * 1.12)] },
      },
      axes: [durationAxis(), percentAxis()],
      cursor: { points: { show: false }, drag: { setScale: false, x: false, y: false } },
      padding: DURATIONS_PADDING,
      series: [
        {
          label: "latency",
          value: (_plot, value) => (value === null ? "–" : `≈ ${durationText(Math.round(value))}`),
        },
        ...rows.map(
          (row): uPlot.Series => ({
            label: row.label,
            show: shownFirst.has(row),
            stroke: color(nameOf(row)),
            fill: faded(nameOf(row), row.dashed ? 0.04 : 0.1),
            width: 2,
            ...(row.dashed && { dash: [6, 4] }),
            points: { show: false },
            value: (_plot, value) => (value === null ? "–" : `${Number(value.toPrecision(3))} %`),
            ...(uPlot.paths.spline && { paths: uPlot.paths.spline() }),
          }),
        ),
      ],
      hooks: { draw: [(plot) => drawMarks(plot, rows, shares, first)] },
    },
    data: [grid, ...shares],
  });
}

/** The name of a curve's colour. */
function nameOf({ color: number }: LatencyData): string {
  return `--s${number % COLORS}`;
}

function binOf(from: number): number {
  return Math.round(BINS * Math.log2(from));
}

/** Marks the percentiles of the series that are shown, on their curves. */
function drawMarks(
  plot: uPlot,
  rows: readonly LatencyData[],
  shares: readonly (readonly number[])[],
  first: number,
): void {
  const { ctx } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  ctx.textAlign = "center";
  ctx.lineJoin = "round";
  ctx.setLineDash([]);
  const texts: { readonly x: number; readonly y: number }[] = [];
  rows.forEach((row, i) => {
    if (plot.series[i + 1]?.show !== true) return;
    for (const { key, size } of MARKS) {
      const x = plot.valToPos(Math.max(1, row[key]), "x", true);
      const y = plot.valToPos(heightAt(shares[i] ?? [], row[key], first), "y", true);
      ctx.beginPath();
      ctx.arc(x, y, size * ratio, 0, 2 * Math.PI);
      ctx.fillStyle = key === "p50" ? color(nameOf(row)) : color("--card");
      ctx.strokeStyle = color(nameOf(row));
      ctx.lineWidth = 2 * ratio;
      ctx.fill();
      ctx.stroke();
      const isFree = texts.every(
        (text) => Math.abs(text.x - x) > TEXT.width * ratio || Math.abs(text.y - y) > TEXT.height * ratio,
      );
      if (!isFree) continue;
      texts.push({ x, y });
      // A curve behind the text would make it hard to read.
      ctx.strokeStyle = color("--paper");
      ctx.lineWidth = 4 * ratio;
      ctx.strokeText(key, x, y - 9 * ratio);
      ctx.fillStyle = color("--ink");
      ctx.fillText(key, x, y - 9 * ratio);
    }
  });
  ctx.restore();
}

/** The height of a curve at a duration, between the middles of bins. */
function heightAt(shares: readonly number[], duration: number, first: number): number {
  const place = BINS * Math.log2(Math.max(1, duration)) - first - 0.5;
  const left = Math.floor(place);
  const [a, b] = [shares[left] ?? 0, shares[left + 1] ?? 0];
  return a + (b - a) * (place - left);
}
