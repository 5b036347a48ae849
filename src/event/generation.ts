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
 * The tables and clocks of a stretch of the trace. Formats before Go 1.22 have no generations: the whole
 * trace is one.
 */
export interface Generation {
  /** The number in the trace. */
  readonly number: number;
  readonly strings: StringTable;
  readonly stacks: StackTable;
  /** Nanoseconds per unit of the trace's timestamps. */
  readonly nsPerTick: number;
  /** Present in every generation of Go 1.25 and later. */
  readonly clock: ClockSnapshot | undefined;
  /**
   * The reading that converts the generation's times to the wall clock. It is that of the first generation,
   * or of the last generation before which the wall clock was set. Absent before Go 1.25.
   */
  readonly wallClock: ClockSnapshot | undefined;
  /** False if the generation was cut or broken: its tables may lack entries. */
  readonly complete: boolean;
  readonly experimental: readonly ExperimentalBatch[];
  /** Threads with events, in the order of their first batches; absent before Go 1.22 and in snapshots. */
  readonly threads?: readonly { readonly thread: number }[] | undefined;
  /**
   * True for the snapshot at the beginning of a part of a trace. Its events are at time 0 and describe what
   * is open there. The tasks, regions and stop-the-worlds that they begin began before the part.
   */
  readonly isSnapshot?: boolean;
}
