import type { Distribution } from "../analysis/histogram.js";
import type { MmuFigures, StatsReport } from "../analysis/stats/stats-report.js";
import type { ExecTimes } from "../analysis/summary/times-table.js";
import { formatDuration } from "../base/duration.js";
import { type FigurePath, pathText, type Quantity, quantityOf } from "./catalogue.js";
import { explainFigures, pathFigures } from "./explain-figures.js";
import type { PathReports, Reports } from "./reports.js";

/** A number of a trace. */
export interface Figure {
  readonly path: FigurePath;
  readonly quantity: Quantity;
  readonly value: number;
}

interface Tree {
  readonly [name: string]: number | Tree;
}

/** Minimum mutator utilization with all that the GC takes, each worker counted once. */
const MMU_FLAGS = "stw,background,assist,sweep,workersOnce";

/** The figures of a trace by name, in the order of the catalogue and the reports. */
export function figuresOf({ explained, paths, report }: Reports): ReadonlyMap<string, Figure> {
  const figures = new Map<string, Figure>();
  const visit = (tree: Tree, path: FigurePath) => {
    for (const [name, below] of Object.entries(tree)) {
      const here = [...path, name];
      if (typeof below !== "number") visit(below, here);
      else {
        const quantity = quantityOf(here);
        if (quantity !== undefined) figures.set(pathText(here), { path: here, quantity, value: below });
      }
    }
  };
  visit(treeOf(report), []);
  for (const [group, reports] of Object.entries(paths ?? {}) as [string, PathReports["task"]][])
    for (const [name, path] of reports) visit(pathFigures(path), [group, name, "path"]);
  if (explained !== undefined) visit(explainFigures(explained), []);
  return figures;
}

function treeOf({ trace, goroutines, blocking, sched, tasks, regions, gc, procs, mmu }: StatsReport): Tree {
  const { duration, events, threads } = trace;
  return {
    trace: { duration, events, threads },
    goroutines: {
      ...summed(goroutines.byFunction.map(({ times }) => timesOf(times))),
      count: goroutines.count,
    },
    function: byName(
      goroutines.byFunction,
      (row) => row.function,
      ({ count, times, states }) => ({
        count,
        ...timesOf(times),
        states: Object.fromEntries(
          Object.entries(states).map(([state, spread]) => [state, spreadOf(spread)]),
        ),
      }),
    ),
    block: byName(
      blocking,
      (row) => row.reason,
      ({ durations, total }) => ({ ...spreadOf(durations), total }),
    ),
    sched: spreadOf(sched),
    tasks: { count: tasks.count, complete: tasks.complete },
    task: byName(
      tasks.byType,
      (row) => row.type,
      ({ count, complete, goroutines, logs, regions, latency }) => ({
        count,
        complete,
        goroutines,
        logs,
        regions,
        latency: spreadOf(latency),
      }),
    ),
    regions: { count: regions.count },
    region: byName(
      regions.byName,
      (row) => row.name,
      ({ count, complete, latency }) => ({
        count,
        complete,
        latency: spreadOf(latency),
      }),
    ),
    gc: {
      cycles: rangesOf(gc.cycles),
      stw: { ...rangesOf(gc.stw), ...byName(gc.stopTheWorld, (row) => row.kind, rangesOf) },
      assists: rangesOf(gc.assists),
      assistShare: gc.assistShare,
      sweeps: {
        ...rangesOf(gc.sweeps),
        bytesSwept: gc.sweeps.bytesSwept,
        bytesReclaimed: gc.sweeps.bytesReclaimed,
      },
    },
    procs: procsOf(procs),
    mmu: mmuOf(mmu, duration),
  };
}

function byName<T>(rows: readonly T[], nameOf: (row: T) => string, of: (row: T) => Tree): Tree {
  return Object.fromEntries(rows.map((row) => [nameOf(row), of(row)]));
}

function spreadOf({ count, total, min, p50, p90, p99, p999, max }: Distribution): Record<string, number> {
  return { count, total, min, p50, p90, p99, p999, max };
}

function timesOf({
  total,
  exec,
  schedWait,
  syscall,
  syscallBlocked,
  block,
}: ExecTimes): Record<string, number> {
  const blocked = Object.values(block).reduce((sum, time) => sum + time, 0);
  return { total, exec, schedWait, block: blocked, syscall, syscallBlocked };
}

function rangesOf(ranges: StatsReport["gc"]["cycles"]): Record<string, number> {
  return { ...spreadOf(ranges.durations), total: ranges.total, cut: ranges.cut };
}

/** All Ps together. Without any time there are no shares of it: they would not add up to 1. */
function procsOf(procs: StatsReport["procs"]): Record<string, number> {
  const sums = summed(
    procs.map(({ total, busy, gc, syscall, scheduling, idle }) => ({
      total,
      busy,
      gc,
      syscall,
      scheduling,
      idle,
    })),
  );
  const { total = 0, ...parts } = sums;
  if (total === 0) return { count: procs.length, ...sums };
  const shares = Object.entries(parts).map(([name, time]): [string, number] => [
    `${name}Share`,
    time / total,
  ]);
  return { count: procs.length, ...sums, ...Object.fromEntries(shares) };
}

/** The window of the whole trace has another length in each trace. */
function mmuOf(mmu: readonly MmuFigures[], duration: number): Record<string, number> {
  const { curve = [] } = mmu.find(({ flags }) => flags.join() === MMU_FLAGS) ?? {};
  const windows = curve.filter(({ window }) => window < duration);
  return Object.fromEntries(windows.map(({ window, utilization }) => [formatDuration(window), utilization]));
}

function summed(rows: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const row of rows)
    for (const [name, value] of Object.entries(row)) sums[name] = (sums[name] ?? 0) + value;
  return sums;
}
