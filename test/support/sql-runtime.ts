import type { GoInterval, GoRun } from "./go-intervals.js";
import type { GoLabel } from "./go-labels.js";
import type { GoTrace } from "./go-trace.js";
import {
  type Differences,
  differences,
  END,
  goroutineIn,
  interval,
  type Lists,
  THREAD_SLICES,
} from "./sql-figures.js";
import { SqlStacks } from "./sql-stacks.js";
import type { TraceProcessor } from "./trace-processor.js";

interface Slice {
  readonly track: string;
  readonly name: string;
  readonly ts: number;
  readonly end: number;
}

const SLICES = `select t.name as track, s.name as name, s.ts as ts, ${END} as end
  from slice s join track t on s.track_id = t.id`;
const LABELS = `select t.name as track, s.name as name, s.ts as ts, ${END} as end, p.name as run
  from slice s join track t on s.track_id = t.id join slice p on s.parent_id = p.id
  where t.name glob 'P[0-9]*' and s.depth = 1 and s.name not in ('syscall', 'GC sweep') and s.category is null`;
const ASSISTS = `select tid, s.ts as ts, ${END} as end, stack from ${THREAD_SLICES}
  where s.category = 'go.gc' and s.name = 'GC mark assist'`;
const COUNTERS = `select t.name as name, c.ts as ts, c.value as value
  from counter c join counter_track t on c.track_id = t.id order by c.id`;

/** Go's names of metrics by those of our counters. */
export const METRICS: Readonly<Record<string, string>> = {
  Heap: "/memory/classes/heap/objects:bytes",
  "Heap goal": "/gc/heap/goal:bytes",
  GOMAXPROCS: "/sched/gomaxprocs:threads",
};
/** Longer counters are thinned out. */
const MOST_VALUES = 20_000;

/** Compares what the runtime did, and its counters, with the official text. */
export function runtimeDifferences(tp: TraceProcessor, go: GoTrace): Differences {
  const slices = tp.query<Slice>(SLICES);
  const on = (track: string) =>
    slices.filter((each) => each.track === track).map(({ name, ts, end }) => interval([name], ts, end));
  const ranges = (prefix: string) =>
    go.ranges.ranges
      .filter(({ name }) => name.startsWith(prefix))
      .map(({ name, begin, end }) => interval([name], begin, end));
  return differences({
    GC: [on("GC"), ranges("GC concurrent mark phase")],
    "stop the world": [on("Stop the world"), ranges("stop-the-world")],
    "mark assists": assists(tp, go),
    sweeps: sweeps(tp, go),
    labels: labels(tp, go),
    ...counters(tp, go),
  });
}

function assists(tp: TraceProcessor, go: GoTrace): Lists {
  const stacks = new SqlStacks(tp);
  const rows = tp.query<{ tid: number; ts: number; end: number; stack: number | null }>(ASSISTS);
  return [
    rows.map(({ tid, ts, end, stack }) =>
      interval([`Goroutine(${tid})`, stacks.key(stack)], Math.max(ts, go.start), end),
    ),
    go.ranges.ranges
      .filter(({ name }) => name === "GC mark assist")
      .map(({ scope, stack, begin, end }) => interval([scope, stack], begin, end)),
  ];
}

/** The sweeps of Ps. One is in pieces where goroutines start and stop within it. */
export function mergedSweeps(tp: TraceProcessor): { track: string; begin: number; end: number }[] {
  const whole: { track: string; begin: number; end: number }[] = [];
  for (const { track, ts, end } of tp.query<Slice>(
    `${SLICES} where s.name = 'GC sweep' order by t.id, s.ts`,
  )) {
    const before = whole.at(-1);
    if (before?.track === track && before.end === ts) before.end = end;
    else whole.push({ track, begin: ts, end });
  }
  return whole;
}

function sweeps(tp: TraceProcessor, go: GoTrace): Lists {
  return [
    mergedSweeps(tp).map(({ track, begin, end }) => interval([track], begin, end)),
    go.ranges.ranges
      .filter(({ name }) => name === "GC incremental sweep")
      .map(({ scope, begin, end }) => interval([`P${/\d+/.exec(scope)}`], begin, end)),
  ];
}

/** What goroutines did for the runtime, until they stopped or did something else. */
function labels(tp: TraceProcessor, go: GoTrace): Lists {
  const rows = tp.query<Slice & { readonly run: string }>(LABELS);
  return [
    rows.map(({ track, name, run, ts, end }) => interval([track, name, goroutineIn(run)], ts, end)),
    go.labels.labels
      .filter(({ label }) => label !== "")
      .map((each) => interval([`P${each.proc}`, each.label, each.goroutine], each.time, labelEnd(each, go))),
  ];
}

function labelEnd({ goroutine, proc, time }: GoLabel, go: GoTrace): number {
  const run = go.intervals.onProc.find(
    (each: GoRun) =>
      each.on === proc && each.goroutine === goroutine && each.begin <= time && each.end >= time,
  );
  const next = go.labels.labels.find((each) => each.goroutine === goroutine && each.time > time);
  return Math.min(run?.end ?? Number.NaN, next?.time ?? Number.POSITIVE_INFINITY);
}

function counters(tp: TraceProcessor, go: GoTrace): Record<string, Lists> {
  const rows = tp.query<{ name: string; ts: number; value: number }>(COUNTERS);
  const { running, runnable, waits, syscalls } = go.intervals;
  const expected: Record<string, readonly (readonly [number, number])[]> = {
    "Goroutines running": counts(running, go),
    "Goroutines runnable": counts(runnable, go),
    "Goroutines waiting": counts(waits, go),
    "Goroutines in syscall": counts(syscalls, go),
  };
  for (const [name, metric] of Object.entries(METRICS)) expected[name] = go.ranges.metrics.get(metric) ?? [];
  const lists = Object.entries(expected)
    .filter(([, values]) => values.length < MOST_VALUES)
    .map(([name, values]): [string, Lists] => {
      const actual = rows.filter((row) => row.name === name).map(({ ts, value }) => [ts, value] as const);
      return [name, [changes(actual), changes(values)]];
    });
  return Object.fromEntries(lists);
}

/** How many of the intervals there are from when on. */
function counts(intervals: readonly GoInterval[], go: GoTrace): (readonly [number, number])[] {
  const steps = new Map<number, number>();
  const step = (time: number, by: number) => steps.set(time, (steps.get(time) ?? 0) + by);
  for (const { begin, end } of intervals) {
    step(begin, 1);
    if (end < go.end) step(end, -1);
  }
  let count = 0;
  return [...steps]
    .sort(([a], [b]) => a - b)
    .map(([time, by]) => {
      count += by;
      return [time, count] as const;
    });
}

/** The values that differ from the one before, of a counter that is 0 until it has one. */
function changes(values: readonly (readonly [number, number])[]): string[] {
  return values
    .filter(([, value], i) => value !== (values[i - 1]?.[1] ?? 0))
    .map(([time, value]) => `${value} from ${time}`);
}
