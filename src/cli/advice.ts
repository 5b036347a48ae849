import type { TraceErrorCode } from "../base/errors.js";

const CUT =
  "The program was probably killed or crashed while tracing: call trace.Stop, or stop it more gently.";
const DAMAGED = "The file is damaged. Was it copied in text mode, or two traces written into one file?";
const BUG = "If Go's own tool reads it (go tool trace -d=parsed), this is a bug worth reporting.";

/** What to do about an error, by its class. */
export const ADVICE: Readonly<Record<TraceErrorCode, string>> = {
  "not-a-trace": "go test -trace, runtime/trace and /debug/pprof/trace write traces.",
  "unsupported-version": "A newer go2perfetto may read it.",
  "read-failed": "Copy the file again.",
  "malformed-batch": DAMAGED,
  "batch-too-large": DAMAGED,
  truncated: CUT,
  "incomplete-generation": CUT,
  "interleaved-generations": DAMAGED,
  "invalid-generation": DAMAGED,
  "no-frequency": CUT,
  "no-clock-snapshot": CUT,
  "malformed-table": DAMAGED,
  "malformed-sync": DAMAGED,
  "malformed-event": DAMAGED,
  "unknown-table-id": DAMAGED,
  stuck: DAMAGED,
  "wrong-context": BUG,
  "invalid-status": DAMAGED,
  "inconsistent-state": BUG,
  "unknown-resource": BUG,
  "duplicate-resource": BUG,
  "wrong-sequence": BUG,
  "range-mismatch": BUG,
  "region-mismatch": "A region must end in the goroutine that began it, before the regions around it end.",
  "task-conflict": BUG,
};
