import { isOwnCode } from "../../event/own-code.js";
import { standardFile } from "../../event/standard-library.js";
import type { StackFrame } from "../../event/tables.js";
import type { Place } from "../stats/stats-report.js";

/** Functions of locks, channels and sleeps, and of system calls: callers of these are the places to look at. */
export const WAITING =
  /^(runtime|sync|internal\/sync|internal\/runtime[\w/]*)\.|^time\.Sleep$|^internal\/poll\.runtime_/;
export const CALLING = /^(runtime|syscall|internal\/[\w/]+|os|golang\.org\/x\/sys\/\w+)\.|\._C2?func_/;

/** Where Go keeps modules. */
const MODULES = /^.*\/pkg\/mod\//;

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

/** Index of the program's own line from which the frame at an index was called, of any line beyond the standard library if there is none; that index itself if it has no such caller. */
export function callerIndex(frames: readonly StackFrame[], at: number): number {
  const own = frames.findIndex((frame, i) => i >= at && isOwnCode(frame));
  return own < 0 ? Math.max(at, programIndex(frames, WAITING)) : own;
}

/** Words before the line from which the longest of many came. */
export const LONGEST_FROM = ", the longest from";

/** Text after a place in a library: the line of the program from which it was called. @param words before that line */
export function callerText(frames: readonly StackFrame[], at: number, words = ", called from"): string {
  const caller = callerIndex(frames, at);
  return caller > at ? `${words} ${placeText(placeOf(frames[caller]))}` : "";
}

/** The place of the frame at an index, and {@link callerText}. */
export function calledText(frames: readonly StackFrame[], at: number, words?: string): string {
  return `${placeText(placeOf(frames[at]))}${callerText(frames, at, words)}`;
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

/** The file of a place, without the folder where Go is installed, or where it keeps modules. */
export function shownFile({ file, function: func }: Place): string {
  return standardFile({ file, func }) ?? file.replace(MODULES, "");
}

/** A place as text: function, file name and line; the address alone if a trace has no symbols. */
export function placeText(place: Place | undefined): string {
  const { function: func = "", file = "", line = 0 } = place ?? {};
  if (file === "") return func || "an unknown place";
  return `${func} (${file.slice(file.lastIndexOf("/") + 1)}:${line})`;
}
