import type { Diagnostics } from "../base/diagnostics.js";
import type { TraceError, TraceErrorCode, TraceErrorFacts } from "../base/errors.js";

const CUT =
  "Probably the program was killed or crashed while tracing, or a download was cut off. Call trace.Stop before the program ends.";
const MIXED =
  "The file has bytes that do not belong to the trace. Did the program also print to it, did two programs write it at once, or was it copied in text mode?";
const DAMAGED = "The file is damaged there. Copy it again from its origin.";
const INCONSISTENT = "Earlier events are missing or damaged. Copy the file again from its origin.";
const LACKING =
  "An event refers to a stack or string that is missing in the trace. Everything else is shown.";
const SHRUNK = "Read it again when no other program is writing it.";
/** Advice about misused regions. */
export const REGION_ADVICE =
  "A region must end in the goroutine that began it, once, and before the regions around it end.";
const REGIONS_LOST = "Other events of these regions may be among those that are missing.";
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

/** Something to tell a person about a trace that was read. */
export interface ReadingMessage {
  readonly text: string;
  readonly advice?: string | undefined;
}

/** Why a trace cannot be opened. */
export function openingMessage(name: string, error: TraceError): ReadingMessage {
  return {
    text: `cannot read ${name}: ${error.message}${describePlace(error.facts)}`,
    advice: traceAdvice(error),
  };
}

/** What the person should know of a trace apart from what was lost. @param name of the trace */
export function readingNotices(name: string, diagnostics: Diagnostics): ReadingMessage[] {
  // What is missing explains more than a mistake of the program does.
  const advice = diagnostics.losses().length > 0 ? REGIONS_LOST : REGION_ADVICE;
  const advised = [...diagnostics.inWords("misuse"), ...diagnostics.inWords("info")];
  return [
    ...advised.map((words) => ({ text: `${name}: ${words}`, advice })),
    ...diagnostics.inWords("notice").map((words) => ({ text: `${name}: ${words}` })),
  ];
}

/**
 * What was lost of a trace, in words: the error first, then each kind of loss and of repair.
 * @param error the error that ended the reading
 * @returns nothing if the trace was read whole
 */
export function readingLosses(
  name: string,
  diagnostics: Diagnostics,
  error: TraceError | undefined,
): ReadingMessage[] {
  const losses = diagnostics.losses();
  if (error === undefined && losses.length === 0) return [];
  return [
    { text: `${name} is incomplete: ${lossInWords(error)}`, advice: lossAdvice(diagnostics, error) },
    ...losses.map((loss) => ({ text: `lost: ${loss}` })),
    ...diagnostics.inWords("repair").map((repair) => ({ text: `repaired: ${repair}` })),
  ];
}

/** Why a trace is incomplete. */
export function lossInWords(error: TraceError | undefined): string {
  return error === undefined ? "part of it was lost" : `${error.message}${describePlace(error.facts)}`;
}

/** Advice about a loss. That the file shrank while it was read explains all other errors. */
export function lossAdvice(diagnostics: Diagnostics, error: TraceError | undefined): string | undefined {
  return diagnostics.count("vanished-bytes") > 0 ? SHRUNK : error && traceAdvice(error);
}
