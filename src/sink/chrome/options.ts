import { type ViewChoices, type ViewOptions, viewChoicesOf } from "../view-options.js";

/**
 * The contents of a file of trace-event JSON. Ps (`procs`) and threads include GC, counters, samples and
 * logs, as in the views of `go tool trace`. The stack mode `callstack` writes the format's `sf`, `esf` and
 * `stackFrames`. Beyond the limit the file continues as if it were lean.
 */
export interface ChromeOptions extends ViewOptions {
  /**
   * Omits arrows, instants and all stacks except those of CPU samples, and keeps 20,000 values of each
   * counter. By default it omits goroutines and threads too.
   */
  readonly lean?: boolean;
}

/** The options with their defaults. */
export interface ChromeChoices extends ViewChoices {
  readonly lean: boolean;
}

/** Tracks of a lean file by default, and of any file beyond the limit. */
const LEAN_TRACKS = ["procs", "counters", "gc"] as const;
/** What the official views of Ps and threads show too. */
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
