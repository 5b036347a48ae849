import { TraceError, type TraceErrorCode, type TraceErrorFacts } from "../../base/errors.js";
import { SelectionError } from "../../select/selection-error.js";
import { Failure, isSystemError, systemMessage } from "../process/failure.js";

const CUT =
  "Probably the program was killed or crashed while tracing, or a download was cut off. Call trace.Stop before the program ends.";
const MIXED =
  "The file has bytes that do not belong to the trace. Did the program also print to it, did two programs write it at once, or was it copied in text mode?";
const DAMAGED = "The file is damaged there. Copy it again from its origin.";
const INCONSISTENT = "Earlier events are missing or damaged. Copy the file again from its origin.";
const LACKING =
  "An event refers to a stack or string that is missing in the trace. Everything else is shown.";
/** Advice about misused regions. */
export const REGION_ADVICE =
  "A region must end in the goroutine that began it, once, and before the regions around it end.";
const BUG = "If Go's own tool reads the trace (go tool trace -d=parsed), please report this as a bug.";

/** Advice, by the class of the error. */
const ADVICE: Readonly<Record<TraceErrorCode, string>> = {
  "not-a-trace": "go test -trace, runtime/trace and /debug/pprof/trace write traces.",
  "unsupported-version": "A newer go2perfetto may read it.",
  "read-failed": "Copy the file again.",
  "connection-lost":
    "Did the program stop, or is its server's WriteTimeout shorter than the capture? --timeout allows longer pauses.",
  "capture-stopped": "--seconds N sets the length of a capture.",
  "trailing-data": "All gzip data was read. Was something appended to the file?",
  "second-trace":
    "A file can hold one trace only. Write the bytes from there on to a second file, and convert both.",
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

/** Advice about an error in a trace. */
export function traceAdvice({ code, facts }: TraceError): string {
  const isCutGzip = code === "truncated" && facts.compressedOffset !== undefined;
  return isCutGzip ? "Copy or compress the file again. The rest may still be at its origin." : ADVICE[code];
}

/** The place of an error, such as ` (generation 1, byte 2)`. Empty if unknown. */
export function describePlace(facts: TraceErrorFacts): string {
  const { compressedOffset } = facts;
  const compressed = compressedOffset === undefined ? "" : `, at byte ${compressedOffset} of the gzip file`;
  const places = [
    facts.generation !== undefined ? `generation ${facts.generation}` : "",
    facts.offset !== undefined ? `byte ${facts.offset}${compressed}` : "",
  ].filter(Boolean);
  return places.length > 0 ? ` (${places.join(", ")})` : "";
}

/** Turns an error before the first event into a failure. Other errors stay as they are. */
export function openFailure(error: unknown, name: string): unknown {
  if (isSystemError(error)) {
    return new Failure(`cannot read ${name}: ${systemMessage(error)}`, undefined, { cause: error });
  }
  if (!(error instanceof TraceError)) return error;
  const message = `cannot read ${name}: ${error.message}${describePlace(error.facts)}`;
  return new Failure(message, traceAdvice(error), { cause: error });
}

/** Turns the error of a selection that matches nothing into a failure. Other errors stay as they are. */
export function selectionFailure(error: unknown, name: string): unknown {
  if (!(error instanceof SelectionError)) return error;
  return new Failure(`${name}: ${error.message}`, error.advice, { cause: error });
}
