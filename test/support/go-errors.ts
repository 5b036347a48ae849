import type { TraceErrorCode } from "../../src/base/errors.js";

/** What Go's reader says, by the class of error that ours gives. The first that fits holds. */
const GO_ERRORS: readonly (readonly [RegExp, TraceErrorCode])[] = [
  // The input as a whole.
  [/^bad file format/, "not-a-trace"],
  [/^unknown or unsupported (trace )?version/, "unsupported-version"],

  // Batches and generations.
  [/^error reading batch .*: (unexpected )?EOF/, "truncated"],
  [/^failed to read full batch/, "truncated"],
  [/^error reading batch/, "malformed-batch"],
  [/^expected batch event/, "malformed-batch"],
  [/^invalid batch size/, "batch-too-large"],
  [/^incomplete generation found/, "incomplete-generation"],
  [/^invalid generation number/, "invalid-generation"],
  [/generations are interleaved$/, "interleaved-generations"],
  [/^generations out of order/, "interleaved-generations"],
  [/^no frequency event found/, "no-frequency"],
  [/^no clock snapshot event found/, "no-clock-snapshot"],
  [/^found multiple (frequency|clock snapshot) events/, "malformed-sync"],
  [/^expected frequency or clock snapshot event/, "malformed-sync"],
  [/^expected (string|stack|CPU sample) event/, "malformed-table"],
  [/^invalid (string|stack) size/, "malformed-table"],
  [/^failed to read full string/, "malformed-table"],
  [/^reading frame/, "malformed-table"],
  [/^multiple .* with the same ID/, "malformed-table"],
  [/^found unknown pc/, "malformed-table"],
  [/^found invalid (func|file) string ID/, "malformed-table"],

  // Single events.
  [/^found invalid event type/, "malformed-event"],
  [/^found event without a timestamp/, "malformed-event"],
  [/^found invalid uvarint/, "malformed-event"],
  [/^(found )?invalid (stack|string) ID .* for/, "unknown-table-id"],

  // The order of events.
  [/^broken trace: (failed to advance|frontier is empty)/, "stuck"],
  [/^expected (a|no) (thread|proc|goroutine) but/, "wrong-context"],
  [/^invalid status for/, "invalid-status"],
  [/^tried to create goroutine .* already exists/, "duplicate-resource"],
  [/can't make sequence/, "wrong-sequence"],
  [/^task ID conflict/, "task-conflict"],
  [/^misuse of region/, "region-mismatch"],
  [/^discovered event already in-flight/, "range-mismatch"],
  [/^found named active range already/, "range-mismatch"],
  [/^resource is missing active range/, "range-mismatch"],
  [/^tried to end event .* not in-flight/, "range-mismatch"],
  [/^GCActive in the first generation isn't first/, "range-mismatch"],
  [/^encountered GC(Active|Begin|End) wh/, "range-mismatch"],
  [/that doesn't exist$/, "unknown-resource"],
  [/without known state for current goroutine/, "unknown-resource"],
  [/^encountered GCSweepActive for unknown proc/, "unknown-resource"],
  [/^uninitialized (proc|goroutine)/, "unknown-resource"],
  [/^found invalid proc/, "unknown-resource"],
  [/^stole proc from non-existent thread/, "unknown-resource"],
  [/^found goroutine status for new goroutine/, "unknown-resource"],
  [/^found goroutine \d+ in syscall without a thread/, "inconsistent-state"],
  [/^inconsistent (status|thread) for/, "inconsistent-state"],
  [/ event for (proc|goroutine) that's not /, "inconsistent-state"],
  [/^expected proc \d+ in state/, "inconsistent-state"],
  [/^proc \d+ in unexpected state/, "inconsistent-state"],
  [/^tried to (self-)?steal proc/, "inconsistent-state"],
  [/^failed to find sched context for proc/, "inconsistent-state"],
];

/** The class of an error of Go's reader. @throws Error for a message that the table does not know */
export function goErrorCode(message: string): TraceErrorCode {
  const known = GO_ERRORS.find(([pattern]) => pattern.test(message));
  if (known === undefined) throw new Error(`no class for Go's error: ${message}`);
  return known[1];
}
