/**
 * What counts as GC time: stop-the-world, background workers, mark assists, sweeping. `perProc` treats each P by
 * itself; otherwise they are averaged. The names are those of Go's trace viewer.
 *
 * From a worker's second run on, that viewer counts it twice (at its start and at its label) and removes it once, so
 * its P may seem taken for good. With `workersOnce`, our own flag, a worker counts once, while it runs.
 */
export interface MutatorFlags {
  readonly stw?: boolean;
  readonly background?: boolean;
  readonly assist?: boolean;
  readonly sweep?: boolean;
  readonly perProc?: boolean;
  readonly workersOnce?: boolean;
}

/** A goroutine's GC work, in bits. */
export const GcWork = {
  Assist: 1,
  /** It is a background worker. An idle-priority worker takes nothing from the program. */
  Worker: 2,
  /** It is not a dedicated worker, which delays no goroutine on its P. */
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

/** The GC work that a goroutine's label means, in bits of {@link GcWork}. */
export function workOfLabel(label: string): number {
  if (!label.startsWith("GC ") || label === "GC (idle)") return 0;
  const worker = GcWork.Worker | GcWork.WorkerNow;
  return label === "GC (dedicated)" ? worker : worker | GcWork.SharingWorker | GcWork.SharingWorkerNow;
}
