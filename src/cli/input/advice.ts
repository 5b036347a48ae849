import type { TraceError, TraceErrorCode } from "../../base/errors.js";

const CUT =
  "Probably the program was killed or crashed while tracing, or a download was cut off: let trace.Stop end the trace.";
const MIXED =
  "Bytes that are no part of a trace stand in the file. Did the program print to it too, did two programs write it at once, or was it copied in text mode?";
const DAMAGED = "The file is damaged there. Copy it again from where it is from.";
const INCONSISTENT =
  "Events before this one are missing or damaged. Copy the file again from where it is from.";
const LACKING =
  "An event refers to a stack or string that the trace does not hold. Everything else is given.";
/** What to do about regions that a program ends wrongly. */
export const REGION_ADVICE =
  "A region must end in the goroutine that began it, once, and before the regions around it end.";
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
  "malformed-batch": MIXED,
  "batch-too-large": MIXED,
  truncated: CUT,
  "incomplete-generation": CUT,
  "interleaved-generations": DAMAGED,
  "invalid-generation": DAMAGED,
  "no-frequency": CUT,
  "no-clock-snapshot": CUT,
  "malformed-table": DAMAGED,
  "malformed-sync": DAMAGED,
  "malformed-event": DAMAGED,
  "unknown-table-id": LACKING,
  stuck: INCONSISTENT,
  "wrong-context": `${INCONSISTENT} ${BUG}`,
  "invalid-status": DAMAGED,
  "inconsistent-state": `${INCONSISTENT} ${BUG}`,
  "unknown-resource": `${INCONSISTENT} ${BUG}`,
  "duplicate-resource": `${INCONSISTENT} ${BUG}`,
  "wrong-sequence": `${INCONSISTENT} ${BUG}`,
  "wrong-time": DAMAGED,
  "range-mismatch": `${INCONSISTENT} ${BUG}`,
  "region-mismatch": REGION_ADVICE,
  "task-conflict": `${INCONSISTENT} ${BUG}`,
};

/** What to do about an error. */
export function adviceOn({ code, facts }: TraceError): string {
  const isCutGzip = code === "truncated" && facts.compressedOffset !== undefined;
  return isCutGzip
    ? "Copy or compress the file again: what is missing may still be where it is from."
    : ADVICE[code];
}
