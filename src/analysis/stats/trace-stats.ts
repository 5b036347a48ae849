import { atOnce } from "../../base/breather.js";
import type { LinkLog } from "../../event/link-log.js";
import { SchedState } from "../../sched/state.js";
import { ALL, type Analysis, type Reported } from "../analysis.js";
import { type Distribution, Histogram } from "../histogram.js";
import { StateDurations, type StateRow } from "../latency/state-durations.js";
import { WorstLatencies } from "../latency/worst-latencies.js";
import { MutatorUtilization } from "../mmu/mutator-utilization.js";
import { ProgramFigures } from "../program-figures.js";
import type { FunctionRow, RegionTypeRow } from "../summary/rows.js";
import { Summary } from "../summary/summary.js";
import type { LatencyShape } from "./latency-shape.js";
import { MMU_FLAGS, mmuFigures } from "./mmu-figures.js";
import {
  type BlockingFigures,
  type FunctionFigures,
  type GcFigures,
  type RegionTypeFigures,
  STATS_VERSION,
  type StateKey,
  type StatsReport,
} from "./stats-report.js";
import { inWhole } from "./whole-times.js";

/** Number of the worst scheduler latencies in the report. */
const WORST = 10;
/** Rows of a table that are made in one step. */
const ROWS_PER_STEP = 10_000;
const NOTHING = new Histogram().distribution();
const STATE_KEYS: Readonly<Partial<Record<SchedState, StateKey>>> = {
  [SchedState.Runnable]: "runnable",
  [SchedState.Running]: "running",
  [SchedState.Waiting]: "waiting",
  [SchedState.Syscall]: "syscall",
  [SchedState.SyscallBlocked]: "syscallBlocked",
};

export interface StatsOptions {
  /** Number of single goroutines, tasks, regions and GC cycles in the report; 10 by default. Memory grows with it. */
  readonly top?: number;
  /**
   * Goroutines whose figures are reported; all by default: their times, waits and latencies, their regions, and the
   * tasks that they work for. Figures of Ps, GC and mutator utilization always cover the program. Feed all events in
   * any case.
   */
  readonly reported?: Reported;
  /** Keys of logs that hold ids of the program's own tracing, besides the known ones. */
  readonly linkLogs?: readonly LinkLog[] | undefined;
  /** When the trace begins, if it is a part of another: the report has the times of the whole. In nanoseconds; 0 by default. */
  readonly start?: number | undefined;
}

/** All figures of a trace: {@link analyses} for a pass over it, then {@link report}. */
export class TraceStats {
  /** Also for an {@link Explanation} of the same pass. */
  readonly program: ProgramFigures;
  readonly #summary: Summary;
  readonly #states: StateDurations;
  readonly #worst: WorstLatencies;
  readonly #mmu = new MutatorUtilization(MMU_FLAGS);

  readonly #top: number;
  readonly #start: number;
  readonly #isSelection: boolean;

  constructor({ top = 10, reported = ALL, linkLogs, start = 0 }: StatsOptions = {}) {
    this.#top = top;
    this.#start = start;
    this.#isSelection = reported !== ALL;
    this.#summary = new Summary({ rows: top, reported, linkLogs });
    this.#states = new StateDurations(reported);
    this.#worst = new WorstLatencies(WORST, undefined, reported);
    this.program = new ProgramFigures(Math.max(1, top));
  }

  /** The analyses to feed with the trace. */
  get analyses(): Analysis[] {
    return [...this.program.analyses, this.#summary, this.#states, this.#worst, this.#mmu];
  }

  /**
   * The report on the events so far.
   * @param incomplete whether part of the trace is missing
   * @param timesEstimated whether the frequency of its clock is missing: see {@link Diagnostics.hasEstimatedTimes}
   */
  report(incomplete = false, timesEstimated = false): StatsReport {
    return atOnce(this.reportInSteps(incomplete, timesEstimated));
  }

  /** The same a table at a time, for callers that give the event loop turns: tables may have a million rows. */
  *reportInSteps(incomplete: boolean, timesEstimated: boolean): Generator<void, StatsReport> {
    const { extent } = this.program;
    const { functions } = this.#summary;
    yield;
    const goroutines = this.#goroutines(functions);
    yield;
    const blocking = this.#blocking(functions);
    yield;
    const tasks = this.#tasks();
    yield;
    const regions = yield* this.#regions();
    yield;
    const report = {
      version: STATS_VERSION,
      trace: extent.figures(incomplete, timesEstimated),
      start: this.#start,
      scope: this.#isSelection ? "selection" : "program",
      goroutines,
      blocking,
      sched: { ...this.#states.of(SchedState.Runnable), worst: this.#worst.rows() },
      tasks,
      regions,
      gc: this.#gcFigures(),
      procs: this.program.procs.rows(),
      mmu: mmuFigures(this.#mmu, extent.duration),
    } as const;
    return inWhole(report, this.#start);
  }

  /** The shapes of the distributions of the report's latencies; without those that have no instance. */
  latencyShapes(): LatencyShape[] {
    const shapes = [
      { of: "sched" as const, name: "", latency: this.#states.histogramOf(SchedState.Runnable) },
      ...this.#summary.taskLatencies.map((row) => ({ of: "task" as const, ...row })),
      ...this.#summary.regionLatencies.map((row) => ({ of: "region" as const, ...row })),
    ];
    return shapes
      .filter(({ latency }) => latency.count > 0)
      .map(({ latency, ...row }) => ({ ...row, latency: latency.distribution(), bins: latency.bins() }));
  }

  #goroutines(rows: readonly FunctionRow[]): StatsReport["goroutines"] {
    const states = statesByFunction(this.#states.rows());
    const functions = rows.map(
      (row): FunctionFigures => ({ ...row, states: states.get(row.function) ?? {} }),
    );
    return {
      count: this.#summary.goroutineCount,
      byFunction: functions.sort((a, b) => b.times.exec - a.times.exec),
      top: this.#summary.goroutines.map(({ pc: _pc, ...row }) => row),
    };
  }

  #blocking(rows: readonly FunctionRow[]): BlockingFigures[] {
    const durations = new Map(this.#states.reasons().map((row) => [row.reason, row.durations]));
    const totals = new Map<string, number>();
    for (const { times } of rows)
      for (const [reason, time] of Object.entries(times.block))
        totals.set(reason, (totals.get(reason) ?? 0) + time);
    return [...totals]
      .map(([reason, total]) => ({ reason, total, durations: durations.get(reason) ?? NOTHING }))
      .sort((a, b) => b.total - a.total);
  }

  #tasks(): StatsReport["tasks"] {
    const byType = this.#summary.taskTypes.sort((a, b) => b.latency.total - a.latency.total);
    const sum = (key: "count" | "complete") => byType.reduce((total, row) => total + row[key], 0);
    return { count: sum("count"), complete: sum("complete"), byType, top: this.#summary.tasks };
  }

  *#regions(): Generator<void, StatsReport["regions"]> {
    const byPlace: RegionTypeFigures[] = [];
    let rows = 0;
    for (const row of this.#summary.eachRegionType()) {
      if (row.count > 0) byPlace.push(placed(row));
      if (++rows % ROWS_PER_STEP === 0) yield;
    }
    byPlace.sort((a, b) => b.times.total - a.times.total);
    const count = byPlace.reduce((total, row) => total + row.count, 0);
    yield;
    const byName = this.#summary.regionNames.sort((a, b) => b.latency.total - a.latency.total);
    return { count, byPlace, byName, top: this.#summary.regions };
  }

  #gcFigures(): GcFigures {
    const { cycles, longestCycles, allStops, stops, assists, sweeps } = this.program.gc;
    const exec = this.#summary.execution;
    return {
      cycles,
      top: longestCycles.slice(0, this.#top),
      stw: allStops,
      stopTheWorld: stops.sort((a, b) => b.total - a.total),
      assists,
      assistShare: exec === 0 ? 0 : assists.total / exec,
      sweeps,
    };
  }
}

function statesByFunction(rows: readonly StateRow[]): Map<string, Partial<Record<StateKey, Distribution>>> {
  const functions = new Map<string, Partial<Record<StateKey, Distribution>>>();
  for (const { function: name, state, durations } of rows) {
    const key = STATE_KEYS[state];
    if (key !== undefined) functions.set(name, { ...functions.get(name), [key]: durations });
  }
  return functions;
}

function placed({ frame, ...row }: RegionTypeRow): RegionTypeFigures {
  if (frame === undefined) return row;
  const { func, file, line } = frame;
  return { ...row, place: { function: func, file, line } };
}
