import type { ByteWriter } from "../bytes/writer.js";
import type { EventBlock } from "../event/block.js";
import type { Generation } from "../event/generation.js";
import type { PartPlace } from "../order/trace.js";

/** The part of a trace in a file, in nanoseconds since the start of the whole trace. */
export interface WrittenPart extends PartPlace {
  readonly to: number;
}

/** What is known after the last event. */
export interface TraceSummary {
  /** Name of the format, such as `go 1.26`. */
  readonly format: string;
  /** Messages about what was lost. */
  readonly lost: readonly string[];
  /** Notices about its times. */
  readonly notes?: readonly string[];
  /** Absent for a whole trace. */
  readonly part?: WrittenPart;
}

/** What a sink left out on purpose. */
export interface Omission {
  /** The message. */
  readonly text: string;
  /** The reason: the viewer's limit, `minDuration`, what the format can hold, or that it is to be small: yields, or also allocations. */
  readonly cause: "viewer-limit" | "min-duration" | "format" | "yields" | "allocations";
}

/** Work in steps. Between them, the caller removes the output and gives the event loop turns. */
export type Steps = Iterable<void>;

// biome-ignore lint/suspicious/noConfusingVoidType: methods that are declared to return nothing fit too
type StepsOrNothing = Steps | void;

/** Turns a trace's ordered events into the bytes of a file. */
export interface TraceSink {
  /** Bytes written so far. The caller takes them and clears the writer. */
  readonly output: ByteWriter;
  /**
   * An upper estimate of the bytes that {@link end} would add now. It is known after `start`. It is cheap,
   * because a limit on the file's size reads it often.
   */
  readonly pending?: number;
  /** Goroutines with a row in the file so far; known after `start`. */
  readonly goroutines?: number;
  /** What was left out on purpose; complete after `end`. */
  readonly omissions?: readonly Omission[];
  /**
   * @param base absolute time of the start of the trace on the trace clock, in nanoseconds
   * @param from where a part begins, in nanoseconds since the start of the whole trace; 0 by default
   */
  start(base: number, generation: Generation, from?: number): void;
  /** @returns work to finish before the next call, if there is any */
  events(block: EventBlock): StepsOrNothing;
  /** Ends everything that is open. @returns the work, if it is long */
  end(summary: TraceSummary): StepsOrNothing;
}
