import type { TraceError, TraceErrorCode } from "../base/errors.js";

const CUT =
  "Probably the program was killed or crashed while tracing, or a download was cut off: let trace.Stop end the trace.";
const DAMAGED = "The file is damaged. Was it copied in text mode, or written by two programs at once?";
const BUG = "If Go's own tool reads it (go tool trace -d=parsed), this is a bug worth reporting.";

/** By an error's class. */
const ADVICE: Readonly<Record<TraceErrorCode, string>> = {
  "not-a-trace": "go test -trace, runtime/trace and /debug/pprof/trace write traces.",
  "unsupported-version": "A newer go2perfetto may read it.",
  "read-failed": "Copy the file again.",
  "connection-lost":
    "Was the program stopped, or is its server's WriteTimeout shorter than the capture? --timeout says how long a silence may be.",
  "capture-stopped": "--seconds N says how long a capture is.",
  "trailing-data": "All of the gzip data was read. Was something appended to the file?",
  "second-trace":
    "A file holds one trace: write what begins at that byte to a file of its own, and convert both.",
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
  "wrong-time": DAMAGED,
  "range-mismatch": BUG,
  "region-mismatch": "A region must end in the goroutine that began it, before the regions around it end.",
  "task-conflict": BUG,
};

/** What to do about an error. */
export function adviceOn({ code, facts }: TraceError): string {
  const isCutGzip = code === "truncated" && facts.compressedOffset !== undefined;
  return isCutGzip
    ? "Copy or compress the file again: what is missing may still be where it is from."
    : ADVICE[code];
}
