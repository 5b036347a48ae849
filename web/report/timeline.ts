import uPlot from "uplot";
import { grouped } from "../../src/base/grouped.js";
import { sizeText, timeText } from "../../src/base/rounded.js";
import type { TraceData } from "../../src/report/html/page-data.js";
import { axis, countAxis, sizeAxis, timeAxis } from "./axis.js";
import { Chart, type ChartMaker } from "./chart.js";
import { drawStrip, type StripRow } from "./strip.js";
import { color, faded } from "./theme.js";

const STATE_NAMES: Readonly<Record<string, string>> = {
  running: "running",
  runnable: "waiting to run",
  syscall: "in a system call",
  waiting: "blocked",
};
/** Blocked goroutines are not shown at first if they would hide all others. */
const TOO_MANY = 4;
/** Room for the texts of the vertical axis, the same for all charts, so that they are in line. */
const LEFT = 68;
const STEPS = uPlot.paths.stepped?.({ align: 1 });

type Size = Parameters<ChartMaker>[0];

/** The charts over time of a trace. They share the cursor and the stretch of time that is shown. */
export class TimelineCharts {
  readonly #charts: Chart[] = [];
  readonly #trace: TraceData;
  readonly #times: number[];
  readonly #group: string;

  constructor(trace: TraceData, number: number) {
    this.#trace = trace;
    this.#group = `timeline-${number}`;
    const { procs, states, width } = trace.timeline;
    const length = Math.max(procs[0]?.busy.length ?? 0, states[0]?.values.length ?? 0);
    this.#times = Array.from(
      { length: length + 1 },
      (_, i) => trace.start + Math.min(i * width, trace.duration),
    );
  }

  add(kind: string, place: HTMLElement): void {
    const makers: Readonly<Record<string, ChartMaker>> = {
      procs: (size) => this.#procs(size),
      states: (size) => this.#states(size),
      heap: (size) => this.#heap(size),
      gc: (size) => this.#gc(size),
    };
    const make = makers[kind];
    if (make !== undefined) this.#charts.push(new Chart(place, make));
  }

  /** Keys that move and zoom all charts at once. */
  listen(group: HTMLElement): void {
    group.addEventListener("keydown", (event) => {
      const { start, duration } = this.#trace;
      const { min = start, max = start + duration } = this.#charts[0]?.plot.scales.x ?? {};
      const width = max - min;
      const shown: Readonly<Record<string, readonly [number, number]>> = {
        ArrowLeft: [min - width / 4, max - width / 4],
        ArrowRight: [min + width / 4, max + width / 4],
        "+": [min + width / 4, max - width / 4],
        "=": [min + width / 4, max - width / 4],
        "-": [min - width / 2, max + width / 2],
        "0": [start, start + duration],
      };
      const range = shown[event.key];
      if (range === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      this.#show(...range);
    });
  }

  #show(from: number, to: number): void {
    const { start, duration } = this.#trace;
    const width = Math.min(duration, to - from);
    const min = Math.max(start, Math.min(from, start + duration - width));
    for (const { plot } of this.#charts) plot.setScale("x", { min, max: min + width });
  }

  /** What all charts over time have. Values begin at 0. */
  #options(size: Size): Omit<uPlot.Options, "series"> {
    return {
      ...size,
      scales: {
        x: { time: false, range: (_plot, min, max) => this.#atLeastABucket(min, max) },
        y: { range: (_plot, _min, max) => [0, Math.max(1, max * 1.05)] },
      },
      cursor: {
        sync: { key: this.#group, setSeries: false },
        points: { show: false },
        drag: { x: true, y: false },
      },
      padding: [6, 28, 0, 0],
    };
  }

  /** Less would show nothing more, and texts of an axis that are too long. */
  #atLeastABucket(min: number, max: number): [number, number] {
    const { start, duration, timeline } = this.#trace;
    const missing = Math.min(timeline.width, duration) - (max - min);
    if (missing <= 0) return [min, max];
    const from = Math.max(start, Math.min(min - missing / 2, max + missing / 2 - timeline.width));
    return [from, from + (max - min) + missing];
  }

  /** Values of buckets as uPlot draws steps: the last one lasts until the end. */
  #stepped<T>(values: readonly T[]): T[] {
    return values.length === 0 ? [] : [...values, values.at(-1) as T];
  }

  #timeSeries(): uPlot.Series {
    return { label: "at", value: (_plot, time) => (time === null ? "–" : timeText(time)) };
  }

  #procs(size: Size): ReturnType<ChartMaker> {
    const { procs, procCount } = this.#trace.timeline;
    const rows: StripRow[] = procs.map(({ label, busy }) => ({
      label,
      shares: busy.map((percent) => percent / 100),
      color: "--running",
    }));
    const average = this.#times.map((_, at) => {
      const sum = procs.reduce((total, { busy }) => total + (busy[Math.min(at, busy.length - 1)] ?? 0), 0);
      return procs.length === 0 ? 0 : ((sum / 100) * procCount) / procs.length;
    });
    return this.#strip(
      size,
      rows,
      [average],
      [
        {
          label: "Ps busy",
          value: (_plot: uPlot, value: number | null) =>
            value === null ? "–" : `${value.toFixed(1)} of ${procCount}`,
        },
      ],
    );
  }

  #gc(size: Size): ReturnType<ChartMaker> {
    const { gc, stw, assists } = this.#trace.timeline;
    const most = Math.max(1, ...assists);
    const rows: StripRow[] = [
      { label: "cycle", shares: gc.map((percent) => percent / 100), color: "--gc" },
      { label: "assists", shares: assists.map((count) => Math.sqrt(count / most)), color: "--assist" },
      // A stop is much shorter than a bucket: it would be too pale to be seen.
      {
        label: "stopped",
        shares: stw.map((percent) => Math.sqrt(percent / 100)),
        color: "--stw",
        least: 0.35,
      },
    ];
    const percent = (_plot: uPlot, value: number | null) => (value === null ? "–" : `${value} %`);
    return this.#strip(
      size,
      rows,
      [gc, assists, stw].map((values) => this.#stepped(values)),
      [
        { label: "in a GC cycle", value: percent },
        {
          label: "goroutines assisting",
          value: (_plot: uPlot, value: number | null) => (value === null ? "–" : String(value)),
        },
        { label: "stopped", value: percent },
      ],
    );
  }

  /** A heat strip: uPlot has its axes and its cursor. */
  #strip(
    size: Size,
    rows: readonly StripRow[],
    values: readonly number[][],
    series: readonly uPlot.Series[],
  ): ReturnType<ChartMaker> {
    const base = this.#options(size);
    const few = Math.max(1, Math.ceil(rows.length / Math.max(1, Math.floor(size.height / 22))));
    const options: uPlot.Options = {
      ...base,
      scales: { ...base.scales, y: { range: () => [0, rows.length], dir: -1 } },
      axes: [
        timeAxis(),
        axis({
          size: LEFT,
          grid: { show: false },
          ticks: { show: false },
          splits: () => rows.map((_, i) => i + 0.5).filter((_, i) => i % few === 0),
          values: (_plot, splits) => splits.map((split) => rows[Math.floor(split)]?.label ?? ""),
        }),
      ],
      series: [
        this.#timeSeries(),
        ...series.map((each) => ({ ...each, paths: () => null, points: { show: false } })),
      ],
      hooks: { drawAxes: [(plot) => drawStrip(plot, rows, this.#times)] },
    };
    return { options, data: [this.#times, ...values] };
  }

  #states(size: Size): ReturnType<ChartMaker> {
    // The first series is drawn first and is the highest; those below it are in front.
    const states = [...this.#trace.timeline.states].reverse();
    const raw = states.map(({ values }) => this.#stepped(values));
    const peak = (values: readonly number[]) => values.reduce((most, value) => Math.max(most, value), 0);
    const others = Math.max(...states.map(({ state, values }) => (state === "waiting" ? 0 : peak(values))));
    const isShown = states.map(
      ({ state, values }) => state !== "waiting" || peak(values) <= TOO_MANY * others,
    );
    const options: uPlot.Options = {
      ...this.#options(size),
      axes: [timeAxis(), { ...countAxis(), size: LEFT }],
      series: [
        this.#timeSeries(),
        ...states.map(
          ({ state }, i): uPlot.Series => ({
            label: STATE_NAMES[state] ?? state,
            show: isShown[i] === true,
            stroke: color(`--${state}`),
            fill: color(`--${state}`),
            width: 0,
            points: { show: false },
            value: (_plot, _value, _series, at) => (at === null ? "–" : countText(raw[i]?.[at] ?? 0)),
            ...(STEPS && { paths: STEPS }),
          }),
        ),
      ],
      hooks: {
        setSeries: [
          (plot, at, { show }) => {
            if (at === null || show === undefined) return;
            isShown[at - 1] = show;
            plot.setData([this.#times, ...stacked(raw, isShown)], false);
            plot.redraw();
          },
        ],
      },
    };
    return { options, data: [this.#times, ...stacked(raw, isShown)] };
  }

  #heap(size: Size): ReturnType<ChartMaker> {
    const { heap, goal, gc } = this.#trace.timeline;
    const held = [heap, goal].map((values) => this.#stepped(holding(values)));
    const text: uPlot.Series.Value = (_plot, _value, series, at) => {
      const value = at === null ? null : held[series - 1]?.[at];
      return value === null || value === undefined ? "–" : sizeText(value);
    };
    const series = { width: 1.5, points: { show: false }, value: text };
    const cycles: StripRow = { label: "", shares: gc.map((percent) => percent / 250), color: "--gc" };
    const options: uPlot.Options = {
      ...this.#options(size),
      axes: [timeAxis(), { ...sizeAxis(), size: LEFT }],
      series: [
        this.#timeSeries(),
        { ...series, label: "heap", stroke: color("--heap"), fill: faded("--heap", 0.15), spanGaps: true },
        { ...series, label: "goal", stroke: color("--soft"), dash: [4, 4], ...(STEPS && { paths: STEPS }) },
      ],
      hooks: { drawAxes: [(plot) => drawStrip(plot, [cycles], this.#times)] },
    };
    return { options, data: [this.#times, this.#stepped(lasting(heap)), held[1] ?? []] };
  }
}

/** An average number of things. */
function countText(count: number): string {
  return count < 100 ? String(count) : grouped(Math.round(count));
}

/** Values that hold until the next one. */
function holding(values: readonly (number | null)[]): (number | null)[] {
  let last: number | null = null;
  return values.map((value) => {
    last = value ?? last;
    return last;
  });
}

/** Values whose last one holds until the end, so that a single one is a line too. */
function lasting(values: readonly (number | null)[]): (number | null)[] {
  const last = values.findLastIndex((value) => value !== null);
  return values.map((value, i) => (i > last ? (values[last] ?? null) : value));
}

/** Sums of each series with those after it, which are drawn below it. */
function stacked(raw: readonly (readonly number[])[], isShown: readonly boolean[]): number[][] {
  let below = raw[0]?.map(() => 0) ?? [];
  const sums = raw.map((_, i) => {
    const at = raw.length - 1 - i;
    if (isShown[at]) below = below.map((sum, bucket) => sum + (raw[at]?.[bucket] ?? 0));
    return below;
  });
  return sums.reverse();
}
