import type { InstrumentationScope } from "@opentelemetry/core";
import type { Resource } from "@opentelemetry/resources";

/** Which states of goroutines become spans: none; waits and system calls; those and waiting for a P. */
export const STATE_CHOICES = ["none", "blocked", "all"] as const;
export type StateChoice = (typeof STATE_CHOICES)[number];

export const DEFAULT_STATES: StateChoice = "blocked";
/** Shortest state that becomes a span, in nanoseconds. */
export const DEFAULT_MIN_BLOCK = 100_000;
/** Most spans of a trace: a viewer's page takes seconds for that. */
export const DEFAULT_MAX_SPANS = 10_000;

export interface SpanOptions {
  /**
   * What tells the input from others: the SHA-256 of its header and the first KiB behind that, decompressed. Ids of spans come
   * from it.
   */
  readonly digest: Uint8Array;
  /**
   * Wall clock at the start of the trace, in nanoseconds since 1970; from there on it goes as the trace's clock. If it is left out, the trace's
   * own readings count, generation by generation: it has them since Go 1.25.
   */
  readonly wallStart?: bigint;
  /** The program. */
  readonly resource: Resource;
  /** What the Go runtime did in it: GC, stop-the-world. */
  readonly runtimeResource: Resource;
  readonly scope: InstrumentationScope;
  readonly states?: StateChoice;
  /** Shortest state that becomes a span, in nanoseconds; shorter ones are added up. */
  readonly minBlock?: number;
  /** Most spans of a trace; 0 is no limit. */
  readonly maxSpansPerTrace?: number;
  /**
   * Gives spans out as they end: of a trace with more than the limit, those that come first. Else a trace is held until it is
   * complete, and the longest spans are given.
   */
  readonly live?: boolean;
}
