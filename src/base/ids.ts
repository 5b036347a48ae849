/** A goroutine's id (goid), as the runtime numbers it; {@link NONE} for no goroutine. */
export type GoId = number & { readonly __brand?: "GoId" };
/** A P's id, 0 … GOMAXPROCS − 1; {@link NONE} for no P. */
export type ProcId = number & { readonly __brand?: "ProcId" };
/** An OS thread's id (an M); {@link NONE} if the event happened on no thread. */
export type ThreadId = number & { readonly __brand?: "ThreadId" };
/** A user task's id. {@link NONE} is "no task". Every program has the {@link BACKGROUND_TASK}. */
export type TaskId = number & { readonly __brand?: "TaskId" };
/** Nanoseconds since the start of the trace (its first sync event). */
export type TraceTime = number & { readonly __brand?: "TraceTime" };

/** Stands for no goroutine, P, thread, task, string or stack. */
export const NONE = -1;

/** The largest exact id. Only damage makes larger ones: the runtime counts from 1, or uses addresses. */
export const GREATEST_ID = 2 ** 53 - 1;

/** The largest id of a P, which the runtime keeps in 32 bits. */
export const GREATEST_PROC = 2 ** 31 - 1;

/**
 * Stands for a goroutine that is not selected, or that ended before a window, in events of goroutines that
 * are shown. The number is below {@link NONE}. {@link goroutineId} returns its id.
 */
export function leftOut(goroutine: GoId): GoId {
  return -2 - goroutine;
}

/** Whether a goroutine is left out. */
export function isLeftOut(goroutine: GoId): boolean {
  return goroutine < NONE;
}

/** The id of a goroutine, left out or not; {@link NONE} if there is none. */
export function goroutineId(goroutine: GoId): GoId {
  return goroutine < NONE ? -2 - goroutine : goroutine;
}

/** The task that regions and logs outside any user task belong to. */
export const BACKGROUND_TASK: TaskId = 0;

/** More Ps than any runtime has, because each takes several kilobytes. A larger GOMAXPROCS is damage. */
export const MOST_PROCS = 1 << 16;
