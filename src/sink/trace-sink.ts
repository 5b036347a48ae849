import type { ByteWriter } from "../bytes/writer.js";
import type { EventBlock } from "../event/block.js";
import type { Generation } from "../event/generation.js";
import type { PartPlace } from "../order/trace.js";

/** Which part of a trace has been written: from where to where, in nanoseconds since the start of the whole. */
export interface WrittenPart extends PartPlace {
  readonly to: number;
}

/** What is known when all events have been given. */
export interface TraceSummary {
  /** Name of the format, such as `go 1.26`. */
  readonly format: string;
  /** What was lost, in words; empty if nothing was. */
  readonly lost: readonly string[];
  /** What is to be known of its times, in words. */
  readonly notes?: readonly string[];
  /** Absent if it is all of the trace. */
  readonly part?: WrittenPart;
}

/** Something that a sink left out on purpose. */
export interface Omission {
  /** What, in words. */
  readonly text: string;
  /** Why: the viewer would not take more, or slices are shorter than was asked for. */
  readonly cause: "viewer-limit" | "min-duration";
}

/**
 * Work in steps: it goes on as it is iterated over. Between steps, whoever iterates takes bytes away and gives the event loop turns.
 */
export type Steps = Iterable<void>;

/** Turns a trace's ordered events into the bytes of a file. */
export interface TraceSink {
  /** Bytes written so far; whoever drives the sink takes them away and clears the writer. */
  readonly output: ByteWriter;
  /**
   * About how many bytes {@link end} would add now, rather more than less; known from the start on. Whoever limits the
   * size of a file asks for it often.
   */
  readonly pending?: number;
  /** Goroutines that have a row in the file so far; known from the start on. */
  readonly goroutines?: number;
  /** What was left out on purpose; complete when the sink has ended. */
  readonly omissions?: readonly Omission[];
  /**
   * @param base absolute time of the start of the trace on the trace clock, in nanoseconds
   * @param from of a part, where it begins: nanoseconds since the start of the whole; 0 if it is left out
   */
  start(base: number, generation: Generation, from?: number): void;
  /** @returns what is still to be done before the next call, if that may be much */
  events(block: EventBlock): Steps | undefined;
  /** There are no more events. @returns the work of ending all that is open, which may be much */
  end(summary: TraceSummary): Steps;
}
