import type { StackTable, StringTable } from "./tables.js";

/** Readings of several clocks at the same moment. */
export interface ClockSnapshot {
  /** Nanoseconds on the trace clock (absolute, see {@link Generation.timeBase}). */
  readonly trace: number;
  /** Nanoseconds on the system's monotonic clock. */
  readonly mono: number;
  /** Wall clock, nanoseconds since 1970. */
  readonly wall: bigint;
}

/** Unparsed data of an experiment. */
export interface ExperimentalBatch {
  /** The experiment's number; 1 is AllocFree. */
  readonly experiment: number;
  readonly thread: number;
  readonly data: Uint8Array;
}

/**
 * What the events of one part of the trace refer to. Formats before Go 1.22 have no generations: there
 * the whole trace is one.
 */
export interface Generation {
  /** As the trace numbers it. */
  readonly number: number;
  readonly strings: StringTable;
  readonly stacks: StackTable;
  /** Nanoseconds per unit of the trace's timestamps. */
  readonly nsPerTick: number;
  /** Present in every generation of Go 1.25 and later. */
  readonly clock: ClockSnapshot | undefined;
  /**
   * The reading that tells its times on the wall clock: that of the first generation, or the last one before which the wall clock
   * was set. Absent before Go 1.25.
   */
  readonly wallClock: ClockSnapshot | undefined;
  /** False if the generation was cut or broken: its tables may lack entries. */
  readonly complete: boolean;
  readonly experimental: readonly ExperimentalBatch[];
  /**
   * True for what restates the beginning of a part of a trace. The status of a runnable goroutine says there who made it
   * so, as its `goroutine` with the stack as `subjectStack`, {@link Wake} as its `value`, where that was as `proc` and, the thread, `value2`, and
   * why it had waited as its `text`.
   */
  readonly isRestated?: boolean;
}

/** How a goroutine became runnable. */
export const Wake = {
  /** It was not made so: it gave way, say. */
  None: 0,
  Unblocked: 1,
  Created: 2,
  /** By nobody: its system call ended, and the P was gone. */
  Returned: 3,
} as const;
export type Wake = (typeof Wake)[keyof typeof Wake];
