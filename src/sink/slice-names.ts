import { EVENT_KINDS, EventKind } from "../event/kind.js";
import type { StackFrame } from "../event/tables.js";

/** Texts that slices of every file for a viewer have in common. */
export const SliceName = {
  Gc: EVENT_KINDS[EventKind.GcBegin]?.label ?? "",
  Assist: EVENT_KINDS[EventKind.AssistBegin]?.label ?? "",
  /** The argument of a slice that the beginning or end of the trace cuts, and its values. */
  Cut: "cut",
  NoBeginning: "began before the trace",
  NoEnd: "goes on after the last event",
  /** Of a region that is drawn longer than it was. */
  EndedWithin: "ended before the regions within it",
  /** The arguments that hold stacks as text. */
  Stack: "stack",
  EndStack: "end stack",
} as const;

/** A stack as the text of an argument: a line for each frame, the innermost first. */
export function stackText(frames: readonly StackFrame[]): string {
  return frames.map(({ func, file, line }) => `${func} ${file}:${line}`).join("\n");
}
