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
   * True for the snapshot with which a part of a trace begins. Its events are at time 0 and tell what is under way there: what
   * they begin (a task, a region, a stop of the world) began before the part.
   */
  readonly isSnapshot?: boolean;
}
