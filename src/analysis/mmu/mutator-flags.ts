/**
 * What counts as taken from the program: stop-the-world of the GC, its background workers, mark assists, sweeping. With
 * `perProc` each P is looked at by itself; without, they are averaged. The names are those of Go's trace viewer.
 *
 * That viewer counts a worker twice, when it starts and when its label is told, from its second run on, and takes away
 * one when it stops: so a P where one has run may seem taken for good. With `workersOnce`, which is ours, a worker counts
 * once, while it runs.
 */
export interface MutatorFlags {
  readonly stw?: boolean;
  readonly background?: boolean;
  readonly assist?: boolean;
  readonly sweep?: boolean;
  readonly perProc?: boolean;
  readonly workersOnce?: boolean;
}

/** What a goroutine does for the GC, in bits. */
export const GcWork = {
  Assist: 1,
  /** It has been a background worker; one that only uses idle Ps takes nothing from the program. */
  Worker: 2,
  /** And not one that has a P for itself: that delays no goroutine, as it leaves none on its P. */
  SharingWorker: 4,
  /** The same while it runs as such. */
  WorkerNow: 8,
  SharingWorkerNow: 16,
} as const;

/** What ends when a goroutine stops running. */
export const RUN_WORK = GcWork.WorkerNow | GcWork.SharingWorkerNow;

/** The bits of {@link GcWork} that count. */
export function workOf({ background, assist, perProc, workersOnce }: MutatorFlags): number {
  const ever = perProc ? GcWork.SharingWorker : GcWork.Worker;
  const now = perProc ? GcWork.SharingWorkerNow : GcWork.WorkerNow;
  return (background ? (workersOnce ? now : ever) : 0) | (assist ? GcWork.Assist : 0);
}

/** What a label of a goroutine says that it does, in bits of {@link GcWork}. */
export function workOfLabel(label: string): number {
  if (!label.startsWith("GC ") || label === "GC (idle)") return 0;
  const worker = GcWork.Worker | GcWork.WorkerNow;
  return label === "GC (dedicated)" ? worker : worker | GcWork.SharingWorker | GcWork.SharingWorkerNow;
}
