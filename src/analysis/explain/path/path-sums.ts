import type { Interner } from "../../../base/interner.js";
import { startFunction } from "../../../event/start-frame.js";
import type { StackFrame } from "../../../event/tables.js";
import type { StackNumbers } from "../../profile/stack-numbers.js";
import { DOING_NAMES, Doing } from "../doing.js";
import { CALLING, frameIndex, placeOf, programIndex, WAITING } from "../places.js";
import type { PathPart } from "./path-report.js";

/** Keys kept; what is beyond counts by what was done alone. */
const KEPT = 1 << 14;

/** Names for the numbers in parts. */
export interface PartNames {
  readonly functions: Interner;
  readonly stacks: StackNumbers;
}

/** Sums of critical paths by what was done, function and stack. */
export class PathSums {
  count = 0;
  duration = 0;
  readonly #sums = new Map<string, number>();

  add(doing: number, func: number, stack: number, time: number): void {
    let key = `${doing} ${func} ${stack}`;
    const sum = this.#sums.get(key);
    if (sum === undefined && this.#sums.size >= KEPT) key = `${doing} -1 0`;
    this.#sums.set(key, (this.#sums.get(key) ?? 0) + time);
  }

  /** Sums by place, the greatest first, divided by a number. */
  parts(names: PartNames, by = 1): PathPart[] {
    const parts = new Map<string, PathPart>();
    for (const [key, time] of this.#sums) {
      const [doing = 0, func = -1, stack = 0] = key.split(" ").map(Number);
      const part = partOf(doing, func, stack, names);
      const name = partKey(part);
      parts.set(name, { ...part, time: (parts.get(name)?.time ?? 0) + time });
    }
    return [...parts.values()]
      .map((part) => ({ ...part, time: part.time / by }))
      .sort((a, b) => b.time - a.time);
  }
}

/** What was done, by which goroutines and where, as text. @param func,stack numbers of names */
export function partOf(
  doing: number,
  func: number,
  stack: number,
  { functions, stacks }: PartNames,
): Omit<PathPart, "time"> {
  const frames = stacks.frames(stack);
  const place = placeOf(frames[indexOf(doing, frames)]);
  return {
    doing: DOING_NAMES[doing] ?? "",
    function: functionOf(func, frames, functions),
    ...(place && { place }),
  };
}

/** A start function by its number. Of a goroutine that is older than the trace, a stack may tell before it is named. */
export function functionOf(func: number, frames: readonly StackFrame[], functions: Interner): string {
  return func < 0 ? startFunction(frames) : functions.text(func);
}

/** Where a part is told to be, as in findings. */
function indexOf(doing: number, frames: readonly StackFrame[]): number {
  if (doing === Doing.Assisting) return programIndex(frames, WAITING);
  // All waits for the network are in one function of Go's own.
  const isCall = doing === Doing.Syscall || doing === Doing.Network;
  return isCall || doing === Doing.Running || doing === Doing.Stopped
    ? programIndex(frames, CALLING)
    : frameIndex(frames, WAITING);
}

/** What two parts have in common that are one. */
export function partKey({ doing, function: func, place }: Omit<PathPart, "time">): string {
  return JSON.stringify([doing, func, place?.function, place?.file, place?.line]);
}
