import type { StackFrame } from "./tables.js";

/** The name of a goroutine that serves calls from C if no stack shows which function C calls. */
export const CGO_CALLBACK = "cgo callback";

/** The outermost function of such goroutines. Go up to 1.15 uses the longer name. */
const ENTRY = /^runtime\.cgocallback(_gofunc)?$/;
/** Frames between it and the program's function: the runtime, and the wrappers that cgo generates. */
const WRAPPER = /^runtime[./]|(^|\.)_cgoexp(wrap)?_/;

/** Whether a function is the outermost one of goroutines that serve calls from C. */
export function isCgoEntry(func: string): boolean {
  return ENTRY.test(func);
}

/**
 * The start frame of a goroutine with this stack: the outermost frame. If the goroutine serves calls from C,
 * it is the function that C calls, if the stack has it. Such a goroutine may serve calls of several
 * functions.
 */
export function startFrame(frames: readonly StackFrame[]): StackFrame | undefined {
  const root = frames.at(-1);
  if (root === undefined || !isCgoEntry(root.func)) return root;
  return frames.findLast(({ func }) => !WRAPPER.test(func)) ?? root;
}

/**
 * The name of a goroutine with this stack: its start function, {@link CGO_CALLBACK}, or "" without frames.
 */
export function startFunction(frames: readonly StackFrame[]): string {
  const func = startFrame(frames)?.func ?? "";
  return isCgoEntry(func) ? CGO_CALLBACK : func;
}

/** Goroutines of the runtime that call functions of the program: finalizers and cleanups. */
const CALLERS: ReadonlySet<string> = new Set([
  "runtime.runfinq",
  "runtime.runFinalizers",
  "runtime.runCleanups",
]);

/** Whether goroutines with a start function run nothing but the runtime's code. */
export function runsRuntimeOnly(func: string): boolean {
  return func.startsWith("runtime.") && isSystem(func) && !CALLERS.has(func);
}

/**
 * Whether a start function belongs to the runtime's own goroutines, or to a goroutine whose stacks do not
 * show what it runs.
 */
export function isSystem(func: string): boolean {
  return func === "" || func === CGO_CALLBACK || (func.startsWith("runtime.") && func !== "runtime.main");
}
