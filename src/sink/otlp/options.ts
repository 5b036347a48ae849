import type { InstrumentationScope } from "@opentelemetry/core";
import type { Resource } from "@opentelemetry/resources";
import type { LinkLog } from "../../event/link-log.js";

/** States of goroutines that become spans: `none`; `blocked`: waits and system calls; `all`: runnable too. */
export const STATE_CHOICES = ["none", "blocked", "all"] as const;
export type StateChoice = (typeof STATE_CHOICES)[number];

export const DEFAULT_STATES: StateChoice = "blocked";
/** Shortest state that becomes a span, in nanoseconds. */
export const DEFAULT_MIN_BLOCK = 100_000;
/** The most spans of a trace. Jaeger's page opens these in two to three seconds, and 10,000 in twice that. */
export const DEFAULT_MAX_SPANS = 2000;

export interface SpanOptions {
  /** Identifies the input, for ids of spans: the SHA-256 of its header and the next KiB, decompressed. */
  readonly digest: Uint8Array;
  /**
   * Wall clock at the start of the trace, in nanoseconds since 1970. From there on it follows the trace's clock. By
   * default each generation's own reading applies, which traces have since Go 1.25.
   */
  readonly wallStart?: bigint;
  /** The program. */
  readonly resource: Resource;
  /** The Go runtime in it: GC, stop-the-world. */
  readonly runtimeResource: Resource;
  readonly scope: InstrumentationScope;
  readonly states?: StateChoice;
  /** Shortest state that becomes a span, in nanoseconds. Shorter states are summed up. */
  readonly minBlock?: number;
  /** The most spans of a trace; 0 means no limit. */
  readonly maxSpansPerTrace?: number;
  /** Keys of logs that hold ids of the program's own tracing, besides the known ones or instead of them. */
  readonly linkLogs?: readonly LinkLog[];
  /** Exports only spans below those of the program's own tracing. */
  readonly onlyLinked?: boolean;
  /**
   * Exports spans as they end, up to the limit. Otherwise a trace is held until it is complete, and its longest spans
   * are exported.
   */
  readonly live?: boolean;
}
