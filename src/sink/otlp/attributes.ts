import { METADATA_KEYS } from "../metadata.js";
import { SPAN_TYPE_NAMES } from "./span-type.js";

/**
 * Keys of attributes: OpenTelemetry's semantic conventions where one exists, otherwise `go.*`. All durations are in
 * nanoseconds.
 */
export const Attribute = {
  /** The span's type, one of `SPAN_TYPE_NAMES`. */
  Kind: "go.kind",
  Function: "code.function.name",
  File: "code.file.path",
  Line: "code.line.number",
  Stack: "code.stacktrace",
  Thread: "thread.id",
  Goroutine: "go.goroutine.id",
  /** The goroutine that woke, created or stopped something. */
  By: "go.by.goroutine.id",
  Task: "go.task.id",
  ParentTask: "go.task.parent.id",
  Reason: "go.reason",
  /** What the trace lacks of a span: its "start", its "end" or "both". */
  Cut: "go.cut",
  /** Why a region ended without an end event. */
  RegionEnd: "go.region.end",
  /** What a link means. */
  Link: "go.link",
  /** The id of the program's own span that this one belongs to. */
  LinkedSpan: "go.linked.span_id",
  Category: "go.log.category",
  Message: "go.log.message",
  Format: METADATA_KEYS.format.span,
  Lost: METADATA_KEYS.lost.span,
} as const;

/** Times of the span's goroutine in each state during the span, child spans included. */
export const TIME_ATTRIBUTES = [
  "go.time.running",
  "go.time.runnable",
  "go.time.blocked",
  "go.time.syscall",
  "go.time.gc_assist",
  "go.time.gc_active",
  "go.time.stop_the_world",
] as const;

/** Count and total time, by state, of intervals too short for spans of their own. */
export const SHORT_ATTRIBUTES = {
  count: ["go.short.runnable.count", "go.short.blocked.count", "go.short.syscall.count"],
  time: ["go.short.runnable.time", "go.short.blocked.time", "go.short.syscall.time"],
} as const;

/** Count and total time, by type, of spans within this one that the limit of their trace leaves out. */
export const LEFT_OUT_ATTRIBUTES = SPAN_TYPE_NAMES.map((name) => {
  const key = `go.left_out.${name.toLowerCase().replaceAll("-", "_")}`;
  return { count: `${key}.count`, time: `${key}.time` };
});
