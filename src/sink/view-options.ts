import { checkedName, checkedNumber } from "../base/checked.js";
import type { DetailLimit } from "./auto-detail.js";

/**
 * Groups of tracks, as `--tracks` names them. `runs` is no group of its own: with it the rows of Ps and threads of a .pftrace
 * repeat the runs of goroutines, which its scheduling rows show already.
 */
export const TRACK_GROUPS = [
  "procs",
  "threads",
  "runs",
  "goroutines",
  "counters",
  "gc",
  "tasks",
  "samples",
  "logs",
  "blocking",
  "path",
] as const;
export type TrackGroup = (typeof TRACK_GROUPS)[number];

/**
 * The groups that are written by default: not those that repeat what others tell. A viewer also selects samples, so the
 * blocking profile would cover the first picture of every trace with a flame graph.
 */
export const DEFAULT_TRACKS: readonly TrackGroup[] = TRACK_GROUPS.filter(
  (group) => group !== "runs" && group !== "blocking",
);

/** How the stacks of slices and instants are written. */
export const STACK_MODES = ["callstack", "annotation", "none"] as const;
export type StackMode = (typeof STACK_MODES)[number];

/** What goroutines are grouped by. */
export const GROUPINGS = ["function", "none"] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** A stretch of a critical path, in nanoseconds since the start of the trace or part. */
export interface PathSlice {
  readonly since: number;
  readonly until: number;
  /** Such as "running" or "lock". */
  readonly doing: string;
  /** The goroutine, its start function, and where it is; "" if unknown. */
  readonly goroutine: number | undefined;
  readonly function: string;
  readonly place: string;
}

/** The critical path of one task or goroutine. */
export interface CriticalPathView {
  readonly title: string;
  /** In the order of time; each begins where the one before ends. */
  readonly slices: readonly PathSlice[];
}

/** What a file for a viewer holds. */
export interface ViewOptions {
  /** The tracks to write besides those that a format always has; {@link DEFAULT_TRACKS} by default. */
  readonly tracks?: Iterable<TrackGroup>;
  /** `callstack` (default): the format's own call stacks; `annotation`: text; `none`. */
  readonly stacks?: StackMode;
  /** `function` (default): a group for each start function; `none`: one group. */
  readonly group?: Grouping;
  /**
   * Functions of the program that only call others, besides those that are known: in a `.pftrace`, goroutines are named and grouped
   * by the function within. A name that ends in `*` stands for all that begin so.
   */
  readonly wrappers?: Iterable<string>;
  /** Shorter slices are left out, in nanoseconds; 0 by default. */
  readonly minDuration?: number;
  /** Beyond this limit a full conversion continues with less detail. */
  readonly limit?: DetailLimit;
  /** Why a file is lean although nobody requested it. The file shows the reason. */
  readonly whyLean?: string | undefined;
  /** A critical path, for a full `.pftrace` with the group `path` of tracks. */
  readonly path?: CriticalPathView | undefined;
}

/** The options with their defaults. */
export interface ViewChoices {
  readonly tracks: ReadonlySet<TrackGroup>;
  readonly stacks: StackMode;
  readonly group: Grouping;
  readonly wrappers: Iterable<string>;
  readonly minDuration: number;
  readonly limit: DetailLimit;
  readonly whyLean: string | undefined;
  readonly path: CriticalPathView | undefined;
}

const NO_LIMIT: DetailLimit = { events: Number.POSITIVE_INFINITY, goroutines: Number.POSITIVE_INFINITY };

/** Checks options and adds defaults. @throws RangeError for an invalid value */
export function viewChoicesOf(options: ViewOptions): ViewChoices {
  const { events, goroutines } = options.limit ?? NO_LIMIT;
  const tracks = new Set(options.tracks ?? DEFAULT_TRACKS);
  for (const track of tracks) checkedName("each of tracks", track, TRACK_GROUPS);
  return {
    tracks,
    stacks: checkedName("stacks", options.stacks ?? "callstack", STACK_MODES),
    group: checkedName("group", options.group ?? "function", GROUPINGS),
    wrappers: options.wrappers ?? [],
    whyLean: options.whyLean,
    path: options.path,
    minDuration: checkedNumber("minDuration", options.minDuration ?? 0),
    limit: {
      events: checkedNumber("limit.events", events),
      goroutines: checkedNumber("limit.goroutines", goroutines),
    },
  };
}
