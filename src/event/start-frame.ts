import type { StackFrame } from "./tables.js";

/** What a goroutine that serves calls from C is named where no stack tells which function of the program C calls. */
export const CGO_CALLBACK = "cgo callback";

/** The outermost function of such goroutines; Go up to 1.15 has the longer name. */
const ENTRY = /^runtime\.cgocallback(_gofunc)?$/;
/** What stands between it and the program's function: the runtime, and the wrappers that cgo generates. */
const WRAPPER = /^runtime[./]|(^|\.)_cgoexp(wrap)?_/;

/** Whether a function is the outermost one of goroutines that serve calls from C. */
export function isCgoEntry(func: string): boolean {
  return ENTRY.test(func);
}

/**
 * The frame that a goroutine with this stack starts in: the outermost one, but of a goroutine that serves calls from C
 * the function of the program that C calls, if the stack has it. Such a goroutine may serve calls of several functions.
 */
export function startFrame(frames: readonly StackFrame[]): StackFrame | undefined {
  const root = frames.at(-1);
  if (root === undefined || !isCgoEntry(root.func)) return root;
  return frames.findLast(({ func }) => !WRAPPER.test(func)) ?? root;
}

/** The name of a goroutine with this stack: its start function, {@link CGO_CALLBACK}, or "" of no frames. */
export function startFunction(frames: readonly StackFrame[]): string {
  const func = startFrame(frames)?.func ?? "";
  return isCgoEntry(func) ? CGO_CALLBACK : func;
}

/** Whether a start function is one of the runtime's own goroutines, or that of one of which no stack tells what it runs. */
export function isSystem(func: string): boolean {
  return func === "" || func === CGO_CALLBACK || (func.startsWith("runtime.") && func !== "runtime.main");
}
