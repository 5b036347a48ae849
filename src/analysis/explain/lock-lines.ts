import type { StackFrame } from "../../event/tables.js";
import { frameIndex, WAITING } from "./places.js";

/** A line that locks. */
export interface LockLine {
  /** Its function. */
  readonly func: string;
  /** Stacks of the calls that ended its waits, from the innermost frame to the outermost. */
  readonly releases: readonly (readonly StackFrame[])[];
}

/** A call that unlocks. */
interface UnlockCall {
  readonly func: string;
  /** Indices of the lines whose waits it ended. */
  readonly lines: Set<number>;
}

/** Functions that run deferred calls, several of them at one address. */
const DEFERRING = /^runtime\.(deferreturn|gopanic|Goexit)$/;
/** What the compiler adds to the name of a function for those within it. */
const WITHIN = /(\.(func|deferwrap|gowrap)\d+|\.\d+)+$/;
const METHOD = /^(.*\.\(?\*?[^().]+\)?)\.[^.]+$/;

/**
 * Which lines lock the same lock, or the same field of several values: no event tells, but a call that unlocks ends
 * the waits of its lock only. It is known by its address, since one line may have several: the one at which a function
 * with two deferred calls returns.
 * @returns by line: the index of the first line of its lock
 */
export function sameLocks(lines: readonly LockLine[]): number[] {
  const first = lines.map((_, line) => line);
  const firstOf = (line: number): number => (first[line] === line ? line : firstOf(first[line] as number));
  for (const { func, lines: ended } of unlockCalls(lines).values()) {
    if (!isOfOneLock(func, ended, lines)) continue;
    const roots = Array.from(ended, firstOf);
    const root = Math.min(...roots);
    for (const other of roots) first[other] = root;
  }
  return first.map((_, line) => firstOf(line));
}

function unlockCalls(lines: readonly LockLine[]): Map<bigint, UnlockCall> {
  const calls = new Map<bigint, UnlockCall>();
  lines.forEach(({ releases }, line) => {
    for (const frames of releases) {
      const at = frameIndex(frames, WAITING);
      const frame = frames[at];
      if (frame === undefined || frame.pc === 0n) continue;
      if (frames.slice(0, at).some(({ func }) => DEFERRING.test(func))) continue;
      const call = calls.get(frame.pc) ?? { func: frame.func, lines: new Set() };
      call.lines.add(line);
      calls.set(frame.pc, call);
    }
  });
  return calls;
}

/**
 * Whether a call unlocks one lock only: the one that its function locks, or else that of the type whose methods lock
 * and unlock. A function with two lines that lock may hold two locks and unlock both at one address, by deferred calls; a
 * function that locks nothing may unlock what it is given.
 */
function isOfOneLock(func: string, ended: ReadonlySet<number>, lines: readonly LockLine[]): boolean {
  const funcs = Array.from(ended, (line) => (lines[line] as LockLine).func);
  const own = funcs.filter((other) => other === func).length;
  if (own > 0) return own === 1;
  const outer = outerOf(func);
  const around = funcs.filter((other) => outerOf(other) === outer).length;
  if (around > 0) return around === 1;
  const type = typeOf(outer);
  return type !== "" && funcs.every((other) => typeOf(outerOf(other)) === type);
}

function outerOf(func: string): string {
  return func.replace(WITHIN, "");
}

/** The type of a method, with its package: `main.(*cache)` of `main.(*cache).get`; empty for a function. */
function typeOf(func: string): string {
  const name = func.slice(func.lastIndexOf("/") + 1);
  const [, type = ""] = METHOD.exec(name) ?? [];
  return type.includes(".") ? func.slice(0, func.length - name.length) + type : "";
}
