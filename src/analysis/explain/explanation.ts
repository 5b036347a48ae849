/*
 * What held a program back. Each subject has an analysis that sums by place in the program, and a file of rules that turn
 * sums into findings:
 *
 * - `waits.ts`, `wait-findings.ts`: locks, channels, WaitGroups, Conds. `goroutine-history.ts` has what the other
 *   goroutine did meanwhile.
 * - `program-load.ts`, `saturated-runs.ts`, `load-findings.ts`: Ps. They share the loop of `waits.ts`, because a wait
 *   asks how busy the Ps are.
 * - `assist-sites.ts`, `stop-delays.ts`, `gc-findings.ts`: GC and stop-the-world.
 * - `syscall-sites.ts`, `syscall-findings.ts`; `goroutine-lives.ts`, `life-findings.ts`.
 *
 * Memory grows with distinct places and with live goroutines, whose past takes 2 kB each, for at most 32,768.
 */

import type { SchedModel } from "../../sched/model.js";
import { ALL, type Analysis, type Reported } from "../analysis.js";
import { Extent } from "../extent.js";
import { GcCycles } from "../gc/gc-cycles.js";
import { ProcUse } from "../proc-use.js";
import { AssistSites } from "./assist-sites.js";
import { EXPLAIN_VERSION, type ExplainReport, type Finding } from "./finding.js";
import { finding } from "./finding-writer.js";
import { gcFindings } from "./gc-findings.js";
import { GoroutineLives } from "./goroutine-lives.js";
import { lifeFindings } from "./life-findings.js";
import { loadFindings } from "./load-findings.js";
import { StopDelays } from "./stop-delays.js";
import { syscallFindings } from "./syscall-findings.js";
import { SyscallSites } from "./syscall-sites.js";
import { waitFindings } from "./wait-findings.js";
import { Waits } from "./waits.js";

/** A finding weighs at least this many nanoseconds: in a trace of a millisecond, a single GC is no fault. */
const LEAST = 1e6;

export interface ExplanationOptions {
  /** Most findings in the report; 10 by default. */
  readonly top?: number;
  /** Goroutines whose waits, system calls and lives count; all by default. Feed all events in any case. */
  readonly reported?: Reported;
  /** When the trace begins within a longer one, in nanoseconds: for the commands that findings name. */
  readonly start?: number;
}

/** What held a program back: {@link analyses} for a pass over its trace, then {@link report}. */
export class Explanation {
  readonly #waits: Waits;
  readonly #syscalls: SyscallSites;
  readonly #extent = new Extent();
  readonly #gc = new GcCycles(1);
  readonly #procs = new ProcUse();
  readonly #assists = new AssistSites();
  readonly #stops = new StopDelays();
  readonly #lives: GoroutineLives;
  readonly #top: number;
  readonly #start: number;
  readonly #isSelection: boolean;
  #model!: SchedModel;

  constructor({ top = 10, reported = ALL, start = 0 }: ExplanationOptions = {}) {
    this.#top = top;
    this.#start = start;
    this.#isSelection = reported !== ALL;
    this.#waits = new Waits(reported);
    this.#syscalls = new SyscallSites(reported);
    this.#lives = new GoroutineLives(reported);
  }

  /** The analyses to feed with the trace. */
  get analyses(): Analysis[] {
    const start = (model: SchedModel) => {
      this.#model = model;
    };
    return [
      { start },
      this.#extent,
      this.#waits,
      this.#syscalls,
      this.#gc,
      this.#procs,
      this.#assists,
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
    const { duration, events, threads } = this.#extent;
    const findings = duration === 0 ? [] : this.#findings(incomplete, timesEstimated);
    findings.sort((a, b) => b.weight - a.weight || firstFigure(b) - firstFigure(a));
    return {
      version: EXPLAIN_VERSION,
      trace: { duration, events, threads, incomplete, timesEstimated },
      scope: this.#isSelection ? "selection" : "program",
      findings: findings.slice(0, this.#top),
      more: Math.max(0, findings.length - this.#top),
    };
  }

  #findings(incomplete: boolean, timesEstimated: boolean): Finding[] {
    const trace = { duration: this.#extent.duration, start: this.#start };
    const model = this.#model;
    const procs = this.#procs.rows();
    const execution = procs.reduce((sum, { busy }) => sum + busy, 0);
    const findings = [
      ...waitFindings(this.#waits, model, trace),
      ...loadFindings(this.#waits, model, procs, trace),
      ...gcFindings(this.#gc, this.#assists, this.#stops, procs, execution, trace),
      ...syscallFindings(this.#syscalls, trace),
      ...lifeFindings(this.#lives, model, trace),
    ].filter(({ weight }) => weight * trace.duration >= LEAST);
    return [...findings, ...traceFindings(incomplete, timesEstimated)];
  }
}

/** What is wrong with the trace itself. It weighs nothing, so it comes last. */
function traceFindings(incomplete: boolean, timesEstimated: boolean): Finding[] {
  const told = (sentence: string) =>
    finding({ kind: "trace", weight: 0, sentence, figures: [], next: ["go2perfetto info IN"] });
  return [
    ...(incomplete ? [told("Part of the trace is lost. The findings are about the rest.")] : []),
    ...(timesEstimated ? [told("The trace lacks its clock's frequency. All times are estimated.")] : []),
  ];
}

/** The greatest figure of a finding comes first; it decides between equal weights. */
function firstFigure({ figures }: Finding): number {
  return figures[0]?.value ?? 0;
}
