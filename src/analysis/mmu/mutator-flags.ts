/**
 * What counts as taken from the program: stop-the-world of the GC, its background workers, mark assists, sweeping. With
 * `perProc` each P is looked at by itself; without, they are averaged. The names are those of Go's trace viewer.
 */
export interface MutatorFlags {
  readonly stw?: boolean;
  readonly background?: boolean;
  readonly assist?: boolean;
  readonly sweep?: boolean;
  readonly perProc?: boolean;
}

/** What a goroutine does for the GC, in bits. */
export const GcWork = {
  Assist: 1,
  /** It is a background worker; one that only uses idle Ps takes nothing from the program. */
  Background: 2,
  /** And not one that has a P for itself: that delays no goroutine, as it leaves none on its P. */
  Shared: 4,
} as const;

/** The bits of {@link GcWork} that count. */
export function workOf({ background, assist, perProc }: MutatorFlags): number {
  const worker = perProc ? GcWork.Shared : GcWork.Background;
  return (background ? worker : 0) | (assist ? GcWork.Assist : 0);
}

/** What a label of a goroutine says that it does, in bits of {@link GcWork}. */
export function workOfLabel(label: string): number {
  if (!label.startsWith("GC ") || label === "GC (idle)") return 0;
  return label === "GC (dedicated)" ? GcWork.Background : GcWork.Background | GcWork.Shared;
}
