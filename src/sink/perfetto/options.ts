/** Groups of tracks, by the names with which people choose them. */
export const TRACK_GROUPS = [
  "procs",
  "threads",
  "goroutines",
  "counters",
  "gc",
  "tasks",
  "samples",
  "logs",
] as const;
export type TrackGroup = (typeof TRACK_GROUPS)[number];

/** How the stacks of slices and instants are written. */
export const STACK_MODES = ["callstack", "annotation", "none"] as const;
export type StackMode = (typeof STACK_MODES)[number];

/** What goroutines are grouped by. */
export const GROUPINGS = ["function", "none"] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** How much a viewer takes. */
export interface DetailLimit {
  /** Events, and goroutines that ever were. */
  readonly events: number;
  readonly goroutines: number;
}

/** What a file for Perfetto is to hold. */
export interface PerfettoOptions {
  /** The tracks to write besides the scheduling tables, which are always there. All of them, if this is left out. */
  readonly tracks?: Iterable<TrackGroup>;
  /**
   * `callstack` (the default) is what viewers show best, but only from v53 on; `annotation` is text, for any viewer.
   * Stacks of samples are always callstacks.
   */
  readonly stacks?: StackMode;
  /** `function` (the default): a group for each start function; `none`: all goroutines in one. */
  readonly group?: Grouping;
  /** Nanoseconds; slices that are shorter are left out. 0 (the default) leaves none out. */
  readonly minDuration?: number;
  /** Past which a full conversion goes on without slices of goroutines, Ps, threads and tasks. */
  readonly limit?: DetailLimit;
  /** Leaves out the short way for frequent events; for tests. */
  readonly slow?: boolean;
}

/** The same with nothing left open. */
export interface PerfettoChoices {
  readonly tracks: ReadonlySet<TrackGroup>;
  readonly stacks: StackMode;
  readonly group: Grouping;
  readonly minDuration: number;
  readonly limit: DetailLimit;
  readonly slow: boolean;
}

const NO_LIMIT: DetailLimit = { events: Number.POSITIVE_INFINITY, goroutines: Number.POSITIVE_INFINITY };

export function choicesOf(options: PerfettoOptions): PerfettoChoices {
  return {
    tracks: new Set(options.tracks ?? TRACK_GROUPS),
    stacks: options.stacks ?? "callstack",
    group: options.group ?? "function",
    minDuration: options.minDuration ?? 0,
    limit: options.limit ?? NO_LIMIT,
    slow: options.slow ?? false,
  };
}
