import { checkedName, checkedNumber } from "../base/checked.js";
import type { DetailLimit } from "./auto-detail.js";

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

/** What a file for a viewer is to hold. */
export interface ViewOptions {
  /** The tracks to write besides what each format always has. All of them, if this is left out. */
  readonly tracks?: Iterable<TrackGroup>;
  /** `callstack` (the default) is the format's own way; `annotation` is text; or `none`. */
  readonly stacks?: StackMode;
  /** `function` (the default): a group for each start function; `none`: all goroutines in one. */
  readonly group?: Grouping;
  /** Nanoseconds; slices that are shorter are left out. 0 (the default) leaves none out. */
  readonly minDuration?: number;
  /** Past which a full conversion goes on with less. */
  readonly limit?: DetailLimit;
  /** Why a lean file is not full, in words, if that was not asked for: it is said in the file. */
  readonly whyLean?: string | undefined;
}

/** The same with nothing left open. */
export interface ViewChoices {
  readonly tracks: ReadonlySet<TrackGroup>;
  readonly stacks: StackMode;
  readonly group: Grouping;
  readonly minDuration: number;
  readonly limit: DetailLimit;
  readonly whyLean: string | undefined;
}

const NO_LIMIT: DetailLimit = { events: Number.POSITIVE_INFINITY, goroutines: Number.POSITIVE_INFINITY };

/** The options, with what they leave open. @throws RangeError for a value that is none of theirs */
export function viewChoicesOf(options: ViewOptions): ViewChoices {
  const { events, goroutines } = options.limit ?? NO_LIMIT;
  const tracks = new Set(options.tracks ?? TRACK_GROUPS);
  for (const track of tracks) checkedName("each of tracks", track, TRACK_GROUPS);
  return {
    tracks,
    stacks: checkedName("stacks", options.stacks ?? "callstack", STACK_MODES),
    group: checkedName("group", options.group ?? "function", GROUPINGS),
    whyLean: options.whyLean,
    minDuration: checkedNumber("minDuration", options.minDuration ?? 0),
    limit: {
      events: checkedNumber("limit.events", events),
      goroutines: checkedNumber("limit.goroutines", goroutines),
    },
  };
}
