import { CriticalPaths, type PathPiece } from "../../../analysis/explain/path/critical-paths.js";
import { InstanceTimes } from "../../../analysis/explain/path/instance-times.js";
import type { Instance, PathQuery } from "../../../analysis/explain/path/instances.js";
import { type PartNames, partOf } from "../../../analysis/explain/path/path-sums.js";
import { placeText } from "../../../analysis/explain/places.js";
import { Extent } from "../../../analysis/extent.js";
import type { CriticalPathView, PathSlice } from "../../../sink/view-options.js";
import { canReadAgain, readAgain, readAnalyses } from "../../input/analysed-input.js";
import type { CommonOptions } from "../../options/common.js";
import type { SelectionOptions } from "../../options/selection.js";
import { Messages } from "../../process/messages.js";
import { pathQuery } from "../explain/path-query.js";

/** Slices of a path; a viewer needs no more. */
const MOST_SLICES = 100_000;

/**
 * Reads the critical path of the slowest selected task or goroutine, in two passes. What is wrong with the trace is for
 * the conversion to report.
 * @returns undefined if none begins and ends in the trace, if IN can be read only once, or if the path is too long to show
 */
export async function readShownPath(
  path: string,
  given: CommonOptions & SelectionOptions,
): Promise<CriticalPathView | undefined> {
  if (!(await canReadAgain(path))) return undefined;
  // The path is that of those selected, whoever else is shown.
  const { related: _related, ...options } = given;
  const silent = new Messages({ ...options, quiet: true }, () => undefined);
  let asked: { readonly query: PathQuery; readonly times: InstanceTimes } | undefined;
  const { window } = await readAnalyses(path, options, silent, (reported) => {
    const extent = new Extent();
    const query = pathQuery(options, reported);
    asked = query && { query, times: new InstanceTimes(query) };
    return { analyses: [extent, ...(asked ? [asked.times] : [])], report: () => ({ trace: sizeOf(extent) }) };
  });
  if (asked?.times.slowest === undefined) return undefined;
  const { query, times } = asked as { query: PathQuery; times: InstanceTimes };
  const { slowest } = times;
  const pieces: PathPiece[] = [];
  const visit = (instance: Instance, piece: PathPiece) => {
    const isShown = instance.since === slowest?.since && instance.id === slowest.id;
    if (isShown && pieces.length <= MOST_SLICES) pieces.push(piece);
  };
  const critical = new CriticalPaths(query, times, undefined, visit);
  await readAgain(path, window, options, [critical]);
  if (pieces.length > MOST_SLICES || slowest === undefined) return undefined;
  const what = "goroutines" in query ? "goroutine" : "task";
  return {
    title: `Critical path of the slowest ${what} (${slowest.id})`,
    slices: pieces.toReversed().map((piece) => sliceOf(piece, critical.names)),
  };
}

function sizeOf({ duration, events, threads }: Extent) {
  return { duration, events, threads, incomplete: false, timesEstimated: false };
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
