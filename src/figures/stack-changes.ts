import type { ProfileKind } from "../analysis/profile/kinds.js";
import type { ProfileStream } from "../analysis/profile/profile.js";
import { byChange, type Change, changeOf } from "./changes.js";

/** The kinds of profiles that are compared by stack: all that goroutines do, and CPU samples. */
export const COMPARED_KINDS: readonly ProfileKind[] = ["running", "wait", "sched", "syscall", "cpu"];

/** Time at a stack in two traces, in nanoseconds. */
export interface StackChange extends Change {
  readonly kind: ProfileKind;
  /** Why they waited or stopped; "" if unknown. */
  readonly reason: string;
  /** Functions, from the innermost to the outermost. */
  readonly stack: readonly string[];
  /** Number of intervals or samples. */
  readonly count: { readonly a: number; readonly b: number };
}

interface Sums {
  readonly kind: ProfileKind;
  readonly reason: string;
  readonly stack: readonly string[];
  readonly count: [number, number];
  readonly time: [number, number];
}

/**
 * Compares profiles of two traces by stack, the largest change first. Stacks with the same functions are
 * equal, because lines and addresses change with the program.
 */
export function stackChanges(a: readonly ProfileStream[], b: readonly ProfileStream[]): StackChange[] {
  const sums = new Map<string, Sums>();
  for (const profile of a) add(sums, profile, 0);
  for (const profile of b) add(sums, profile, 1);
  const changes = [...sums.values()].map(({ time, count, ...row }): StackChange => {
    return { ...row, ...changeOf(...time), count: { a: count[0], b: count[1] } };
  });
  return changes.sort(byChange<StackChange>(keyOf));
}

function add(sums: Map<string, Sums>, { kind, samples }: ProfileStream, side: 0 | 1): void {
  for (const { stack, values, labels } of samples) {
    const row = { kind, reason: labels.reason, stack: stack.map(({ func }) => func) };
    const key = keyOf(row);
    const sum = sums.get(key) ?? { ...row, count: [0, 0], time: [0, 0] };
    sums.set(key, sum);
    sum.count[side] += values[0] ?? 0;
    sum.time[side] += values[1] ?? 0;
  }
}

function keyOf({ kind, reason, stack }: Pick<Sums, "kind" | "reason" | "stack">): string {
  return JSON.stringify([kind, reason, ...stack]);
}
