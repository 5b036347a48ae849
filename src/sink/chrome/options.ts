import { type ViewChoices, type ViewOptions, viewChoicesOf } from "../view-options.js";

/**
 * What a file of trace-event JSON is to hold. With Ps (`procs`) or threads come GC, counters, samples and logs, as in
 * the views of `go tool trace`. Stacks as `callstack` are the format's `sf`, `esf` and `stackFrames`. Past the limit the
 * file goes on as if it were lean.
 */
export interface ChromeOptions extends ViewOptions {
  /** Leaves out stacks but those of CPU samples, arrows, other instants, and all but 20,000 values of each counter; by default also goroutines and threads. */
  readonly lean?: boolean;
}

/** The same with nothing left open. */
export interface ChromeChoices extends ViewChoices {
  readonly lean: boolean;
}

/** What a lean file holds if nothing else is asked for, and any file past the limit. */
const LEAN_TRACKS = ["procs", "counters", "gc"] as const;
/** What the official views of Ps and threads hold besides these. */
const VIEWS = ["procs", "threads"] as const;
const IN_VIEWS = ["counters", "gc", "samples", "logs"] as const;

export function chromeChoicesOf(options: ChromeOptions): ChromeChoices {
  const lean = options.lean ?? false;
  const choices = viewChoicesOf(
    lean && options.tracks === undefined ? { ...options, tracks: LEAN_TRACKS } : options,
  );
  const tracks = new Set(choices.tracks);
  if (VIEWS.some((view) => tracks.has(view))) for (const group of IN_VIEWS) tracks.add(group);
  return { ...choices, tracks, lean };
}
