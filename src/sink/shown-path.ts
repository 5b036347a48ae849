import { CriticalPaths, type PathPiece } from "../analysis/explain/path/critical-paths.js";
import { InstanceTimes } from "../analysis/explain/path/instance-times.js";
import type { PathQuery } from "../analysis/explain/path/instances.js";
import { type PartNames, partOf } from "../analysis/explain/path/path-sums.js";
import { placeText } from "../analysis/explain/places.js";
import type { CriticalPathView, PathSlice } from "./view-options.js";

/** Slices of a path; a viewer needs no more. */
const MOST_SLICES = 100_000;

/**
 * The critical path of the slowest of some tasks, regions or goroutines, to be shown in a `.pftrace`: {@link times} is the
 * analysis for a first pass over the trace, {@link paths} that for a second one, and {@link view} what they give.
 */
export class ShownPath {
  readonly times: InstanceTimes;
  readonly #query: PathQuery;
  readonly #pieces: PathPiece[] = [];
  #paths: CriticalPaths | undefined;

  constructor(query: PathQuery) {
    this.#query = query;
    this.times = new InstanceTimes(query);
  }

  /** After the first pass; undefined if none begins and ends in the trace. */
  get paths(): CriticalPaths | undefined {
    const { slowest } = this.times;
    if (slowest === undefined) return undefined;
    this.#paths ??= new CriticalPaths(this.#query, this.times, undefined, (instance, piece) => {
      const isShown = instance.since === slowest.since && instance.id === slowest.id;
      if (isShown && this.#pieces.length <= MOST_SLICES) this.#pieces.push(piece);
    });
    return this.#paths;
  }

  /** After the second pass; undefined if there is no path, or if it is too long to show. */
  get view(): CriticalPathView | undefined {
    const { slowest } = this.times;
    const names = this.#paths?.names;
    if (slowest === undefined || names === undefined || this.#pieces.length > MOST_SLICES) return undefined;
    const what = "goroutines" in this.#query ? "goroutine" : "task";
    return {
      title: `Critical path of the slowest ${what} (${slowest.id})`,
      slices: this.#pieces.toReversed().map((piece) => sliceOf(piece, names)),
    };
  }
}

function sliceOf({ doing, func, goroutine, since, stack, until }: PathPiece, names: PartNames): PathSlice {
  const { place, ...part } = partOf(doing, func, stack, names);
  return {
    ...part,
    since,
    until,
    goroutine: goroutine < 0 ? undefined : goroutine,
    place: place === undefined ? "" : placeText(place),
  };
}
