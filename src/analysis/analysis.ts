/*
 * What analyses keep in memory. Distributions are a `Histogram` whose buckets are a 32nd of a value wide;
 * sums, counts, minimum and maximum are exact. The longest rows are a `TopList`. Rows for every goroutine or
 * task are kept only on request.
 *
 * Where a bound costs accuracy, the result says so. Mutator utilization is averaged from half a million steps
 * on (`UtilizationSeries.resolution`). Of the activity during a long wait only the last 65,536 runs are known
 * (`LatencyRow.meanwhileComplete`).
 *
 * `mmu/` has the values of Go's viewer, rounding included, so the arithmetic of `Utilization` and
 * `BandedSeries` must keep its order of operations.
 */

import { TraceError } from "../base/errors.js";
import type { GoId } from "../base/ids.js";
import type { EventBlock } from "../event/block.js";
import { EVENT_KINDS, type EventKind } from "../event/kind.js";
import type { Trace } from "../order/trace.js";
import type { Changes } from "../sched/changes.js";
import type { SchedListener } from "../sched/listener.js";
import { SchedModel } from "../sched/model.js";

/**
 * Computes something from a trace's events. It implements those calls of the scheduler model's listener that
 * it needs. {@link block} comes before the calls about a block's events, for an analysis that reads the
 * events itself.
 *
 * Its memory grows with what is alive and with distinct functions, stacks and names, not with the number of
 * events, unless it is asked to keep more.
 */
export interface Analysis extends Partial<Omit<SchedListener, "leave" | "enter" | "named" | "others">> {
  /** The kinds of the events for which {@link other} is called; all by default. */
  readonly otherKinds?: readonly EventKind[];
  /** Called once, before any event. The model is shared: only read its columns. */
  start?(model: SchedModel): void;
}

type Call = Exclude<keyof Analysis, "start" | "otherKinds">;
type Having<C extends Call> = Analysis & Required<Pick<Analysis, C>>;

/** Feeds one pass over a trace's events to any number of analyses, which share a scheduler model. */
export class AnalysisPass implements SchedListener {
  readonly model: SchedModel;
  readonly others: Uint8Array;
  readonly #block: readonly Having<"block">[];
  readonly #changes: readonly Having<"changes">[];
  readonly #proc: readonly Having<"proc">[];
  /** By kind of event. */
  readonly #other: readonly (readonly Having<"other">[])[];
  readonly #cut: readonly Having<"cut">[];
  readonly #cutProc: readonly Having<"cutProc">[];
  readonly #finish: readonly Having<"finish">[];
  /** Kinds of the block's events. */
  #kind!: Uint8Array;

  constructor(analyses: readonly Analysis[]) {
    const having = <C extends Call>(call: C) =>
      analyses.filter((analysis): analysis is Having<C> => analysis[call] !== undefined);
    this.#block = having("block");
    this.#changes = having("changes");
    this.#proc = having("proc");
    const others = having("other");
    this.#other = EVENT_KINDS.map((_, kind) =>
      others.filter(({ otherKinds }) => otherKinds?.includes(kind as EventKind) ?? true),
    );
    this.others = Uint8Array.from(this.#other, ({ length }) => Math.min(length, 1));
    this.#cut = having("cut");
    this.#cutProc = having("cutProc");
    this.#finish = having("finish");
    this.model = new SchedModel(this);
    for (const analysis of analyses) analysis.start?.(this.model);
  }

  /** Takes the events of a block. */
  events(block: EventBlock): void {
    this.model.block(block);
  }

  /** Ends the pass. */
  end(): void {
    this.model.finish();
  }

  block(block: EventBlock): void {
    this.#kind = block.kind;
    for (const analysis of this.#block) analysis.block(block);
  }

  changes(changes: Changes): void {
    for (const analysis of this.#changes) analysis.changes(changes);
  }

  proc(slot: number, event: number): void {
    for (const analysis of this.#proc) analysis.proc(slot, event);
  }

  other(event: number): void {
    const interested = this.#other[this.#kind[event] as number] as readonly Having<"other">[];
    for (const analysis of interested) analysis.other(event);
  }

  cut(slot: number, time: number): void {
    for (const analysis of this.#cut) analysis.cut(slot, time);
  }

  cutProc(slot: number, time: number): void {
    for (const analysis of this.#cutProc) analysis.cutProc(slot, time);
  }

  finish(time: number): void {
    for (const analysis of this.#finish) analysis.finish(time);
  }
}

/**
 * Reads a trace to its end for some analyses.
 * @returns the error that ended reading early, if any; all events before it have been taken
 * @throws errors of reading that are not about the trace
 */
export async function analyze(trace: Trace, analyses: readonly Analysis[]): Promise<TraceError | undefined> {
  const pass = new AnalysisPass(analyses);
  let error: TraceError | undefined;
  try {
    for await (const block of trace.blocks()) pass.events(block);
  } catch (cause) {
    if (!(cause instanceof TraceError)) throw cause;
    error = cause;
  }
  pass.end();
  return error;
}

/**
 * The goroutines whose figures are reported. Analyses see the events of all goroutines, for wakers, what ran meanwhile
 * and the times of tasks.
 */
export interface Reported {
  has(goroutine: GoId): boolean;
}

/** Every goroutine. */
export const ALL: Reported = { has: () => true };
