/**
 * The class of an error in a trace. The command line turns a class into advice. Tests map the messages of
 * Go's own reader to the same classes.
 */
export type TraceErrorCode =
  // The input as a whole.
  | "not-a-trace"
  | "unsupported-version"
  | "read-failed"
  | "connection-lost"
  | "capture-stopped"
  | "trailing-data"
  | "second-trace"
  // Batches and generations.
  | "malformed-batch"
  | "batch-too-large"
  | "truncated"
  | "incomplete-generation"
  | "interleaved-generations"
  | "invalid-generation"
  | "no-frequency"
  | "no-clock-snapshot"
  | "malformed-table"
  | "malformed-sync"
  // Single events.
  | "malformed-event"
  | "unknown-table-id"
  // The order of events.
  | "stuck"
  | "wrong-context"
  | "invalid-status"
  | "inconsistent-state"
  | "unknown-resource"
  | "duplicate-resource"
  | "wrong-sequence"
  | "wrong-time"
  | "range-mismatch"
  | "region-mismatch"
  | "task-conflict";

/** Where in the input an error was found. Unknown facts are absent. */
export interface TraceErrorFacts {
  /** Byte offset in the (decompressed) input. */
  readonly offset?: number;
  /** Byte offset in the compressed input, if the error is in compressed data. */
  readonly compressedOffset?: number;
  /** Generation number, as the trace has it. */
  readonly generation?: number;
  /** The thread in whose stream the error is. */
  readonly thread?: number;
  /** Name of the event, as on the wire. */
  readonly event?: string;
  /** Nanoseconds since the start of the trace. */
  readonly time?: number;
}

/** An error in the input. Everything readable before it has been delivered. */
export class TraceError extends Error {
  override readonly name = "TraceError";

  constructor(
    readonly code: TraceErrorCode,
    message: string,
    readonly facts: TraceErrorFacts = {},
  ) {
    super(message);
  }

  /**
   * An error about an event, to which {@link with} adds the place unless the event is repaired. It has no
   * call stack, because capturing one takes longer than a hundred events.
   */
  static ofEvent(code: TraceErrorCode, message: string): TraceError {
    const error = Object.create(TraceError.prototype) as TraceError;
    return Object.assign(error, { name: "TraceError", code, message, facts: {} } as const);
  }

  /** The same error with more facts. Known facts keep their values. */
  with(facts: TraceErrorFacts): TraceError {
    const error = new TraceError(this.code, this.message, { ...facts, ...this.facts });
    if (this.stack !== undefined) error.stack = this.stack;
    if (this.cause !== undefined) error.cause = this.cause;
    return error;
  }
}
