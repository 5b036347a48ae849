import type { Distribution } from "../analysis/histogram.js";
import type { MeanwhileRow } from "../analysis/latency/worst-latencies.js";
import type { ProcRow } from "../analysis/proc-use.js";
import type { MmuFigures, Place, StateKey, StatsReport } from "../analysis/stats/stats-report.js";
import type { TaskRow } from "../analysis/summary/rows.js";
import type { ExecTimes } from "../analysis/summary/times-table.js";
import { grouped } from "../base/grouped.js";
import { durationText, shareText, sizeText, timeText } from "../base/rounded.js";
import { type Cell, left, list, name, optional, right, type Table, table } from "./table.js";
import { traceText } from "./trace-url.js";

const STATE_NAMES: Readonly<Record<StateKey, string>> = {
  runnable: "runnable",
  running: "running",
  waiting: "waiting",
  syscall: "syscall",
  syscallBlocked: "syscall, no P",
};
/** The most functions named among those that ran meanwhile. */
const MEANWHILE = 3;
/** Column heads of the minimum mutator utilization, by what is counted. */
export const MMU_COLUMNS = [
  { head: "STW", flags: "stw" },
  { head: "all GC", flags: "stw,background,assist,sweep,workersOnce" },
  { head: "by P", flags: "stw,background,assist,sweep,perProc,workersOnce" },
  { head: "go tool trace", flags: "stw,background,assist" },
] as const;

/**
 * The tables of a report, sorted, without empty tables.
 * @param top most rows of each
 * @param traceUrl where a viewer shows traces of the program's own tracing: see `isTraceUrl`
 */
export function statsTables(report: StatsReport, top: number, traceUrl?: string): Table[] {
  const tables = [...selectionTables(report, top, traceUrl), ...programTables(report, top)];
  return tables.filter(({ rows }) => rows.length > 0);
}

/** Tables of all goroutines, or of those selected. */
function selectionTables(report: StatsReport, top: number, traceUrl: string | undefined): Table[] {
  return [
    functionTable(report, top),
    goroutineTable(report, top),
    stateTable(report, top),
    blockingTable(report, top),
    latencyTable(report),
    worstTable(report, top),
    taskTypeTable(report, top),
    taskTable(report, top, traceUrl),
    regionTable(report, top),
  ];
}

/** Tables of the whole program, whatever is selected. */
function programTables(report: StatsReport, top: number): Table[] {
  const tables = [gcTable(report), cycleTable(report, top), procTable(report, top), mmuTable(report)];
  if (report.scope === "program") return tables;
  return tables.map((each) => ({ ...each, title: `${each.title}, whole program` }));
}

function functionTable({ goroutines }: StatsReport, top: number): Table {
  return table("Goroutines by start function", goroutines.byFunction, top, [
    name("function", (row) => row.function),
    right("goroutines", ({ count }) => grouped(count)),
    ...timesCells<{ readonly times: ExecTimes }>(),
  ]);
}

function goroutineTable({ goroutines, start }: StatsReport, top: number): Table {
  const rows = table("Goroutines that ran most", goroutines.top, top, [
    right("goroutine", ({ id }) => String(id)),
    name("function", (row) => row.function),
    optional(right("created", ({ created }) => (created === start ? "before" : timeText(created)))),
    ...timesCells<{ readonly times: ExecTimes }>(),
  ]);
  return { ...rows, more: goroutines.count - rows.rows.length };
}

function timesCells<T extends { readonly times: ExecTimes }>(): Cell<T>[] {
  return [
    right("execution", ({ times }) => durationText(times.exec)),
    right("sched wait", ({ times }) => durationText(times.schedWait)),
    right("blocked", ({ times }) => durationText(sum(times.block))),
    optional(right("syscall", ({ times }) => durationText(times.syscall + times.syscallBlocked))),
    optional(right("GC, STW", ({ times }) => durationText(sum(times.range)))),
    optional(right("total", ({ times }) => durationText(times.total))),
  ];
}

function stateTable({ goroutines }: StatsReport, top: number): Table {
  const rows = goroutines.byFunction.flatMap((row) =>
    Object.entries(row.states).map(([state, durations]) => ({
      function: row.function,
      state: STATE_NAMES[state as StateKey],
      durations,
    })),
  );
  rows.sort((a, b) => b.durations.total - a.durations.total);
  return table("Time in a state, each time", rows, top, [
    name("function", (row) => row.function),
    left("state", ({ state }) => state),
    ...distributionCells<(typeof rows)[number]>(({ durations }) => durations),
  ]);
}

/** Stands for an unknown reason: waits that began before the trace, and all waits of coroutines. */
export function untoldReason(wholeWaits: number): string {
  return wholeWaits === 0 ? "(began before the trace)" : "(unknown)";
}

function blockingTable({ blocking }: StatsReport, top: number): Table {
  return table("Blocking by reason", blocking, top, [
    list("reason", ({ reason, durations }) => reason || untoldReason(durations.count)),
    right("all", ({ total }) => durationText(total)),
    ...distributionCells<StatsReport["blocking"][number]>(({ durations }) => durations),
  ]);
}

function latencyTable({ sched }: StatsReport): Table {
  const rows = sched.count === 0 ? [] : [sched];
  return table("Scheduler latency (runnable to running)", rows, 1, [
    right("count", ({ count }) => grouped(count)),
    right("total", ({ total }) => durationText(total)),
    right("min", ({ min }) => durationText(min)),
    right("p50", ({ p50 }) => durationText(p50)),
    right("p90", ({ p90 }) => durationText(p90)),
    right("p99", ({ p99 }) => durationText(p99)),
    right("p99.9", ({ p999 }) => durationText(p999)),
    right("max", ({ max }) => durationText(max)),
  ]);
}

function worstTable({ sched }: StatsReport, top: number): Table {
  return table("Worst scheduler latencies", sched.worst, top, [
    right("latency", ({ duration }) => durationText(duration)),
    right("at", ({ since }) => timeText(since)),
    right("goroutine", ({ goroutine }) => String(goroutine)),
    name("function", (row) => row.function),
    optional(left("woken by", ({ waker }) => (waker === undefined ? "-" : String(waker)))),
    list("ran meanwhile", ({ meanwhile }) => meanwhileText(meanwhile)),
  ]);
}

function meanwhileText(rows: readonly MeanwhileRow[]): string {
  const first = rows
    .slice(0, MEANWHILE)
    .map((row) => `${row.function || "(unknown)"} ${timesText(row)}`)
    .join(", ");
  return rows.length > MEANWHILE ? `${first}, ${rows.length - MEANWHILE} more` : first || "nothing";
}

function timesText({ syscall, time }: MeanwhileRow): string {
  if (syscall === 0) return durationText(time);
  const calls = `${durationText(syscall)} in system calls`;
  return time === 0 ? calls : `${durationText(time)} and ${calls}`;
}

function taskTypeTable({ tasks }: StatsReport, top: number): Table {
  return table("Tasks by type", tasks.byType, top, [
    name("type", ({ type }) => type),
    right("tasks", ({ count }) => grouped(count)),
    right("complete", ({ complete }) => grouped(complete)),
    right("goroutines", (row) => grouped(row.goroutines)),
    optional(right("regions", ({ regions }) => grouped(regions))),
    optional(right("logs", ({ logs }) => grouped(logs))),
    ...spreadCells<StatsReport["tasks"]["byType"][number]>(({ latency }) => latency),
  ]);
}

function taskTable({ start, tasks, trace }: StatsReport, top: number, traceUrl: string | undefined): Table {
  const areTraced = tasks.top.some(({ traceId }) => traceId !== undefined);
  const rows = table("Longest tasks", tasks.top, top, [
    right("task", ({ id }) => String(id)),
    name("type", ({ type }) => type),
    right("began", ({ begin }) => (begin === undefined ? "before" : timeText(begin))),
    right("latency", ({ begin = start, end = start + trace.duration }) => durationText(end - begin)),
    left("complete", ({ begin, end }) => (begin === undefined || end === undefined ? "no" : "yes")),
    right("goroutines", ({ goroutines }) => grouped(goroutines.length)),
    optional(right("regions", ({ regions }) => grouped(regions))),
    optional(right("logs", ({ logs }) => grouped(logs))),
    ...(areTraced
      ? [
          left<TaskRow>("trace", ({ traceId }) =>
            traceId === undefined ? "-" : traceText(traceId, traceUrl),
          ),
        ]
      : []),
  ]);
  return { ...rows, more: tasks.count - rows.rows.length };
}

function regionTable({ regions }: StatsReport, top: number): Table {
  return table("Regions by name and place", regions.byPlace, top, [
    list("region", (row) => (row.begin === "inherited" ? "(inherited)" : row.name)),
    name("place", ({ begin, place }) => (begin === "unseen" ? "began before the trace" : placeText(place))),
    right("regions", ({ count }) => grouped(count)),
    ...timesCells<StatsReport["regions"]["byPlace"][number]>(),
    optional(right("median", ({ latency }) => (latency.count === 0 ? "-" : durationText(latency.p50)))),
    right("max", ({ latency }) => (latency.count === 0 ? "-" : durationText(latency.max))),
  ]);
}

function placeText(place: Place | undefined): string {
  return place === undefined ? "-" : `${place.function}:${place.line}`;
}

function gcTable({ gc }: StatsReport): Table {
  const rows = [
    { what: "cycle (concurrent mark)", ...gc.cycles },
    { what: "mark assist", ...gc.assists },
    { what: `sweep (${sizeText(gc.sweeps.bytesSwept)} swept)`, ...gc.sweeps },
    ...gc.stopTheWorld.map(({ kind, ...row }) => ({ what: `stop-the-world (${kind || "unknown"})`, ...row })),
  ].filter(({ durations, cut }) => durations.count + cut > 0);
  return table("GC and stop-the-world", rows, rows.length, [
    list("what", ({ what }) => what),
    optional(right("cut", ({ cut }) => grouped(cut))),
    ...distributionCells<(typeof rows)[number]>(({ durations }) => durations),
  ]);
}

function cycleTable({ gc }: StatsReport, top: number): Table {
  const rows = table("Longest GC cycles", gc.top, top, [
    right("began", ({ since }) => timeText(since)),
    right("duration", ({ duration }) => durationText(duration)),
    right("heap before", ({ heapBefore }) => sizeText(heapBefore)),
    right("after", ({ heapAfter }) => sizeText(heapAfter)),
    right("goal", ({ goal }) => sizeText(goal)),
  ]);
  return { ...rows, more: gc.cycles.durations.count - rows.rows.length };
}

function procTable({ procs }: StatsReport, top: number): Table {
  const rows = procs.map(({ proc, ...times }) => ({ name: String(proc), ...times }));
  return table("Ps", procs.length > 1 ? [allProcs(procs), ...rows] : rows, top + 1, [
    right("P", (row) => row.name),
    right("busy", ({ busy, total }) => shareText(busy, total)),
    right("for the GC", ({ gc, total }) => shareText(gc, total)),
    right("in syscall", ({ syscall, total }) => shareText(syscall, total)),
    right("scheduling", ({ scheduling, total }) => shareText(scheduling, total)),
    right("idle", ({ idle, total }) => shareText(idle, total)),
    right("total", ({ total }) => durationText(total)),
  ]);
}

/** The sum over all Ps. */
function allProcs(procs: readonly ProcRow[]): Omit<ProcRow, "proc"> & { readonly name: string } {
  const total = (key: keyof ProcRow) => procs.reduce((sum, row) => sum + row[key], 0);
  return {
    name: "all",
    busy: total("busy"),
    gc: total("gc"),
    assists: total("assists"),
    syscall: total("syscall"),
    scheduling: total("scheduling"),
    idle: total("idle"),
    total: total("total"),
  };
}

function mmuTable({ mmu }: StatsReport): Table {
  const curves = MMU_COLUMNS.flatMap(({ head, flags }) => {
    const found = mmu.find((each) => each.flags.join() === flags);
    return found === undefined ? [] : [{ head, ...found }];
  });
  const points = curves[0]?.curve.map((_point, at) => at) ?? [];
  // Short windows without mutator time all have the same value.
  const isNothing = (at: number) => curves.every(({ curve }) => curve[at]?.utilization === 0);
  const rows = points.slice(Math.max(0, points.filter(isNothing).length - 1));
  return table("Minimum mutator utilization", rows, rows.length, [
    right("window", (at) => durationText(curves[0]?.curve[at]?.window ?? 0)),
    ...curves.map((curve) => right(curve.head, (at: number) => utilizationText(curve, at))),
  ]);
}

function utilizationText({ curve, resolution }: MmuFigures, at: number): string {
  const { window, utilization } = curve[at] ?? { window: 0, utilization: 0 };
  return `${window < 100 * resolution ? "~" : ""}${shareText(utilization)}`;
}

function distributionCells<T>(of: (row: T) => Distribution): Cell<T>[] {
  return [
    right("count", (row) => grouped(of(row).count)),
    right("total", (row) => durationText(of(row).total)),
    ...spreadCells(of),
  ];
}

function spreadCells<T>(of: (row: T) => Distribution): Cell<T>[] {
  const cell = (head: string, key: "min" | "p50" | "p99" | "max") =>
    right<T>(head, (row) => (of(row).count === 0 ? "-" : durationText(of(row)[key])));
  return [optional(cell("min", "min")), cell("median", "p50"), cell("p99", "p99"), cell("max", "max")];
}

function sum(times: Readonly<Record<string, number>>): number {
  return Object.values(times).reduce((total, time) => total + time, 0);
}
