import type { Diagnostics } from "../base/diagnostics.js";
import type { EventBlock } from "../event/block.js";
import type { Symbolizer } from "../event/symbolizer.js";
import type { TraceFormat } from "../wire/format.js";
import type { WireObserver } from "../wire/observer.js";

export interface TraceOptions {
  /**
   * Whether the readable events of a cut or broken generation are emitted too (default). If false, the result
   * is that of Go's own reader, to the event.
   */
  readonly salvage?: boolean;
  /** Called with every stored part of the input. It may be asynchronous. */
  readonly observe?: WireObserver;
  /**
   * Resolves function names for traces that hold only addresses. Without it, addresses stand in for names.
   */
  readonly symbolizer?: Symbolizer;
  /** Skips the fast loop for traces of Go 1.22 and later. For tests. */
  readonly slow?: boolean;
}

/** Receives a block of events. The block is valid until the visitor returns. */
export type BlockVisitor = (block: EventBlock) => void;

/** The position of a part in the trace that it comes from. */
export interface PartPlace {
  /** Where the part begins, in nanoseconds since the start of that trace. */
  readonly from: number;
  /** The part's number, from 1, if the trace is split into consecutive parts. */
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
  /** Generations started so far. */
  readonly generations: number;
  /** The part's position in its trace; undefined for a whole trace. */
  readonly part?: PartPlace | undefined;
  /**
   * Shows the events of the first generation that has thread events, before any of them is emitted. Such a
   * generation mentions some goroutines only when something happens to them, although they exist from its
   * start. Call this before {@link blocks}. Before Go 1.22 a trace lists everything at its start except a GC
   * and mark assists, so only that list is shown.
   */
  preview?(visit: BlockVisitor): void;
  /**
   * The ordered events. Call it once.
   * @throws TraceError where the trace is cut or broken, after all events before that place
   */
  blocks(): AsyncGenerator<EventBlock, void, undefined>;
  /** Releases the input. Reading all blocks releases it too. */
  close(): Promise<void>;
}
