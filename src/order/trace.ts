import type { Diagnostics } from "../base/diagnostics.js";
import type { EventBlock } from "../event/block.js";
import type { Symbolizer } from "../event/symbolizer.js";
import type { TraceFormat } from "../wire/format.js";
import type { WireObserver } from "../wire/observer.js";

export interface TraceOptions {
  /**
   * Whether the events of a cut or broken generation are given too, as far as they go (default). If not,
   * the verdict is that of Go's own reader, to the event.
   */
  readonly salvage?: boolean;
  /** Called with every part of the input as stored; may be asynchronous. */
  readonly observe?: WireObserver;
  /** Gives the names of functions for traces that hold only addresses; without it addresses stand for them. */
  readonly symbolizer?: Symbolizer;
  /** Leaves out the fast loop that traces of Go 1.22 and later have; for tests. */
  readonly slow?: boolean;
}

/** Looks at a block of events, which is valid until it returns. */
export type BlockVisitor = (block: EventBlock) => void;

/** Which part of another trace a trace is. */
export interface PartPlace {
  /** Where it begins, in nanoseconds since the start of the other. */
  readonly from: number;
  /** Counted from 1, where a trace is read as parts one behind the other. */
  readonly number?: number;
}

/** A trace being read. */
export interface Trace {
  readonly format: TraceFormat;
  /** What was lost or repaired so far. */
  readonly diagnostics: Diagnostics;
  /** Absolute time of the start of the trace on the trace clock, in nanoseconds; known with the first block. */
  readonly timeBase: number;
  /** Bytes of the (decompressed) input read so far. */
  readonly bytesRead: number;
  /** Generations begun so far. */
  readonly generations: number;
  /** Which part of another one it is, if it is one. */
  readonly part?: PartPlace | undefined;
  /**
   * Shows the events of the first generation that has some of threads, before any of them is given: there a trace
   * mentions what has been the case since its start only when something happens to it. To be asked for before
   * {@link blocks}. Before Go 1.22 a trace has all of that at its start, but for a GC and mark assists: only the events up to
   * there are shown.
   */
  preview?(visit: BlockVisitor): void;
  /**
   * The ordered events. Can be asked for once.
   * @throws TraceError where the trace is cut or broken, after everything before that has been given
   */
  blocks(): AsyncGenerator<EventBlock, void, undefined>;
  /** Releases the input; asking for all blocks does it too. */
  close(): Promise<void>;
}
