/*
 * What held a program back. Each subject has an analysis that sums by place in the program, and a file of rules that turn
 * sums into findings:
 *
 * - `waits.ts`, `wait-findings.ts`: locks, channels, WaitGroups, Conds. `goroutine-history.ts` has what the other
 *   goroutine did meanwhile, `shared-waits.ts` whether it had what the wait was for, `lock-lines.ts` which lines take the same
 *   lock, `majority.ts` who of several keeps others waiting.
 * - `program-load.ts`, `saturated-runs.ts`, `load-findings.ts`, `serial-stretches.ts`, `serial-findings.ts`: Ps. They share
 *   the loop of `waits.ts`, because a wait asks how busy the Ps are. `connections.ts` counts connections that were opened.
 * - `assist-sites.ts`, `forced-cycles.ts`, `heap-goals.ts`, `stop-delays.ts`, `stop-callers.ts`, `gc-findings.ts`: GC and
 *   stop-the-world, and whose time they take (`taken-time.ts`, `task-work.ts`).
 * - `syscall-sites.ts`, `syscall-findings.ts`; `goroutine-lives.ts`, `life-findings.ts`. `sleep-loops.ts`,
 *   `herds.ts` and `locked-threads.ts`, `thread-findings.ts` are fed by the lives. `woken-together.ts` serves herds and shared waits.
 *
 * `run-functions.ts` names what goroutines run whose start function is a wrapper. `line-sites.ts` makes stacks of one line
 * of the program one site; `places.ts` says which line that is. `function-shares.ts` says which functions have most of a
 * sum, `profiled-time.ts` whether CPU samples show that a thread had a CPU.
 *
 * Memory grows with distinct places and with live goroutines, whose past takes 2.4 kB each, for at most 32,768. So does that of
 * the last 1,024 that ended.
 */

import { formatDuration } from "../../base/duration.js";
import type { SchedModel } from "../../sched/model.js";
import { ALL, type Analysis, type Reported } from "../analysis.js";
import { ProgramFigures } from "../program-figures.js";
import { AssistSites } from "./assist-sites.js";
import { CpuSamples } from "./cpu-samples.js";
import {
  EXPLAIN_VERSION,
  type ExplainedPart,
  type ExplainReport,
  type ExplainTotals,
  type Finding,
  TASK_TYPES,
} from "./finding.js";
import { ForcedCycles } from "./forced-cycles.js";
import { gcFindings } from "./gc-findings.js";
import { GoroutineLives } from "./goroutine-lives.js";
import { HeapGoals } from "./heap-goals.js";
import { lifeFindings } from "./life-findings.js";
import { loadFindings } from "./load-findings.js";
import { Load } from "./program-load.js";
import { serialFindings } from "./serial-findings.js";
import { StopDelays } from "./stop-delays.js";
import { syscallFindings } from "./syscall-findings.js";
import { SyscallSites } from "./syscall-sites.js";
import { threadFindings } from "./thread-findings.js";
import { traceFindings } from "./trace-findings.js";
import { waitFindings } from "./wait-findings.js";
import { WaitKind } from "./wait-kind.js";
import { Waits } from "./waits.js";

/** A finding weighs at least this many nanoseconds: in a trace of a millisecond, a single GC is no fault. */
const LEAST = 1e6;
/** All of a trace. */
const WHOLE: ExplainedPart = { from: 0, to: Number.POSITIVE_INFINITY };

export interface ExplanationOptions {
  /** Most findings in the report; 10 by default. */
  readonly top?: number;
  /** Goroutines whose waits, system calls and lives count; all by default. Feed all events in any case. */
  readonly reported?: Reported;
  /** The stretch of the whole trace that this one is: the report has the times of the whole, and so have the commands. */
  readonly window?: ExplainedPart | undefined;
  /** What another computation feeds in the same pass, such as {@link TraceStats.program}: {@link Explanation.analyses} lacks it. */
  readonly program?: ProgramFigures;
}

/** What held a program back: {@link analyses} for a pass over its trace, then {@link report}. */
export class Explanation {
  readonly #waits: Waits;
  readonly #syscalls: SyscallSites;
  readonly #program: ProgramFigures;
  readonly #isShared: boolean;
  readonly #assists: AssistSites;
  readonly #forced = new ForcedCycles();
  readonly #heap = new HeapGoals();
  readonly #stops: StopDelays;
  readonly #lives: GoroutineLives;
  readonly #samples = new CpuSamples();
  readonly #top: number;
  readonly #window: ExplainedPart;
  readonly #isSelection: boolean;
  #model!: SchedModel;

  constructor({ top = 10, reported = ALL, window = WHOLE, program }: ExplanationOptions = {}) {
    this.#program = program ?? new ProgramFigures(1);
    this.#isShared = program !== undefined;
    this.#top = top;
    this.#window = window;
    this.#isSelection = reported !== ALL;
    this.#waits = new Waits(reported);
    this.#assists = new AssistSites(this.#waits);
    this.#stops = new StopDelays(this.#waits);
    this.#syscalls = new SyscallSites(reported);
    this.#lives = new GoroutineLives(this.#waits.load, reported);
  }

  /** The analyses to feed with the trace. */
  get analyses(): Analysis[] {
    const start = (model: SchedModel) => {
      this.#model = model;
    };
    return [
      { start },
      this.#samples,
      ...(this.#isShared ? [] : this.#program.analyses),
      this.#waits,
      this.#syscalls,
      this.#assists,
      this.#forced,
      this.#heap,
      this.#stops,
      this.#lives,
    ];
  }

  /**
   * The report on the events so far.
   * @param incomplete whether part of the trace is missing
   * @param timesEstimated whether the frequency of its clock is missing
   */
  report(incomplete = false, timesEstimated = false): ExplainReport {
    const { extent } = this.#program;
    const findings = extent.duration === 0 ? [] : this.#findings(incomplete, timesEstimated);
    findings.sort((a, b) => b.weight - a.weight || firstFigure(b) - firstFigure(a));
    return {
      version: EXPLAIN_VERSION,
      trace: extent.figures(incomplete, timesEstimated),
      start: this.#window.from,
      scope: this.#isSelection ? "selection" : "program",
      findings: findings.slice(0, this.#top).map((each) => inWhole(each, this.#window)),
      more: Math.max(0, findings.length - this.#top),
      totals: this.#totals(),
      tasks: this.#waits.tasks.types.first(TASK_TYPES).filter((type) => type !== ""),
    };
  }

  #totals(): ExplainTotals {
    const { load, sites } = this.#waits;
    const delays = this.#stops.rows;
    const { long, lostProc, table } = this.#syscalls;
    const all = (values: readonly number[]) => values.reduce((sum, value) => sum + (value ?? 0), 0);
    const { most, ...calls } = table.totals(() => true);
    return {
      contention: sites.table.totals((site) => sites.kind[site] === WaitKind.Lock),
      stopDelays: {
        count: all(delays.map(({ count }) => count)),
        total: all(delays.map(({ delay }) => delay)),
        max: Math.max(0, ...delays.map(({ worst }) => worst.delay)),
      },
      load: {
        saturated: load.times[Load.Saturated] as number,
        queued: load.times[Load.Queued] as number,
        unused: load.times[Load.Unused] as number,
      },
      syscalls: { ...calls, long: all(long), lostProc: all(lostProc) },
    };
  }

  #findings(incomplete: boolean, timesEstimated: boolean): Finding[] {
    const trace = { duration: this.#program.extent.duration, start: this.#window.from };
    const model = this.#model;
    const procs = this.#program.procs.rows();
    const execution = procs.reduce((sum, { busy }) => sum + busy, 0);
    const causes = { assists: this.#assists, forced: this.#forced, heap: this.#heap, stops: this.#stops };
    const names = { functions: this.#waits.functions.names, taskTypes: this.#waits.tasks.types };
    const findings = [
      ...waitFindings(this.#waits, model, trace),
      ...loadFindings(this.#waits, this.#syscalls, procs, trace),
      // Of a selection, waits of others are not known: they may be for the one that ran alone.
      ...(this.#isSelection ? [] : serialFindings(this.#waits, procs, trace)),
      ...gcFindings(this.#program.gc, causes, procs, execution, names, trace),
      ...syscallFindings(this.#syscalls, trace),
      ...lifeFindings(this.#lives, this.#waits.functions, model, trace),
      ...threadFindings(this.#lives, this.#waits.functions, model, trace),
    ].filter(({ weight }) => weight * trace.duration >= LEAST);
    const { alive, older } = this.#lives;
    const quality = { incomplete, timesEstimated, alive, older, execution, samples: this.#samples.count };
    return [...findings, ...traceFindings(quality)];
  }
}

/** A finding about a part of a trace, with the time in the whole trace, and with commands about the part. */
function inWhole(finding: Finding, window: ExplainedPart): Finding {
  const { next, worst } = finding;
  return {
    ...finding,
    ...(worst && { worst: { ...worst, time: worst.time + window.from } }),
    next: next.map((command) => (command.includes(" --from ") ? command : within(command, window))),
  };
}

/** A command that reads a part of the trace. */
function within(command: string, { from, to }: ExplainedPart): string {
  const begin = from > 0 ? ` --from ${formatDuration(from)}` : "";
  const end = to < Number.POSITIVE_INFINITY ? ` --to ${formatDuration(to)}` : "";
  return command.replace(/ IN$/, `${begin}${end} IN`);
}

/** The greatest figure of a finding comes first; it decides between equal weights. */
function firstFigure({ figures }: Finding): number {
  return figures[0]?.value ?? 0;
}
