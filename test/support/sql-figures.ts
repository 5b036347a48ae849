import { listDifference } from "./list-difference.js";

/** Differences by what differs; no entry for what is the same. */
export type Differences = Readonly<Record<string, readonly string[]>>;

/** Two lists to compare, in any order. */
export type Lists = readonly [actual: readonly string[], expected: readonly string[]];

/** Compares lists by name. */
export function differences(lists: Readonly<Record<string, Lists>>): Differences {
  const all = Object.entries(lists).map(([name, [actual, expected]]): [string, string[]] => [
    name,
    listDifference(actual, expected),
  ]);
  return Object.fromEntries(all.filter(([, lines]) => lines.length > 0));
}

/** When a row's slice or state is over: what has no end lasts as long as the trace. For tables named `s`. */
export const END = "iif(s.dur < 0, (select end_ts from trace_bounds), s.ts + s.dur)";

/** Thread ids from here on stand for what is no goroutine. */
export const IS_GOROUTINE = "tid > 0 and tid < 1 << 30";

/** By slice the call sites where it began and where it ended, which are a row each. */
export const STACKS = `(select slice_id as owner, max(callsite_id) as stack, max(end_callsite_id) as endStack
  from __intrinsic_track_event_callstacks group by slice_id)`;

/** The slices `s` on tracks of threads, with thread ids and call sites. */
export const THREAD_SLICES = `slice s join thread_track tt on s.track_id = tt.id join thread using (utid)
  left join ${STACKS} on owner = s.id`;

/** An interval as text to compare. */
export function interval(what: readonly unknown[], begin: number, end: number): string {
  return `${what.join(" ")} ${begin}–${end}`;
}

/** The goroutine in a name such as "G7 main.worker"; −1 if there is none. */
export function goroutineIn(name: string | null): number {
  return Number(/^G(\d+)/.exec(name ?? "")?.[1] ?? -1);
}
