/** A goroutine's id (goid), as the runtime numbers them; {@link NONE} where there is none. */
export type GoId = number & { readonly __brand?: "GoId" };
/** A P's id, 0 … GOMAXPROCS − 1; {@link NONE} where there is none. */
export type ProcId = number & { readonly __brand?: "ProcId" };
/** An OS thread's id (an M); {@link NONE} where the event happened on no thread. */
export type ThreadId = number & { readonly __brand?: "ThreadId" };
/** A user task's id. {@link NONE} is "no task", {@link BACKGROUND_TASK} the one every program has. */
export type TaskId = number & { readonly __brand?: "TaskId" };
/** Nanoseconds since the start of the trace (its first sync event). */
export type TraceTime = number & { readonly __brand?: "TraceTime" };

/** The absent goroutine, P, thread, task, string or stack: the same number everywhere. */
export const NONE = -1;

/** In the place of a goroutine that is left out of what was asked for: there is one, unlike {@link NONE}. */
export const OTHER_GOROUTINE: GoId = -2;

/** The task that regions and logs outside any user task belong to. */
export const BACKGROUND_TASK: TaskId = 0;
