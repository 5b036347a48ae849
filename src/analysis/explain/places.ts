import { standardFile } from "../../event/standard-library.js";
import type { StackFrame } from "../../event/tables.js";
import type { Place } from "../stats/stats-report.js";

/** Functions of locks, channels and sleeps, and of system calls: callers of these are the places to look at. */
export const WAITING =
  /^(runtime|sync|internal\/sync|internal\/runtime[\w/]*)\.|^time\.Sleep$|^internal\/poll\.runtime_/;
export const CALLING = /^(runtime|syscall|internal\/[\w/]+|os|golang\.org\/x\/sys\/\w+)\.|\._C2?func_/;

/** Index of the first frame outside of some packages; of the outermost frame if all are in them. */
export function frameIndex(frames: readonly StackFrame[], packages: RegExp): number {
  const found = frames.findIndex(({ func }) => !packages.test(func));
  return found < 0 ? frames.length - 1 : found;
}

/** Index of the first frame of the program: outside of some packages and of the standard library, if there is one. */
export function programIndex(frames: readonly StackFrame[], packages: RegExp): number {
  const found = frames.findIndex((frame) => !packages.test(frame.func) && standardFile(frame) === undefined);
  return found < 0 ? frameIndex(frames, packages) : found;
}

/** What frames of the same line have in common. */
export function lineKey(frame: StackFrame | undefined): string {
  return `${frame?.func} ${frame?.file}:${frame?.line}`;
}

export function placeOf(frame: StackFrame | undefined): Place | undefined {
  return frame && { function: frame.func, file: frame.file, line: frame.line };
}

export function placesOf(frames: readonly StackFrame[]): Place[] {
  return frames.map(({ func, file, line }) => ({ function: func, file, line }));
}

/** The file of a place: of the standard library, without the folder where Go is installed. */
export function shownFile({ file, function: func }: Place): string {
  return standardFile({ file, func }) ?? file;
}

/** A place as text: function, file name and line; the address alone if a trace has no symbols. */
export function placeText(place: Place | undefined): string {
  const { function: func = "", file = "", line = 0 } = place ?? {};
  if (file === "") return func || "an unknown place";
  return `${func} (${file.slice(file.lastIndexOf("/") + 1)}:${line})`;
}
