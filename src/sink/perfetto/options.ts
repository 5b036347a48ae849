import { type ViewChoices, type ViewOptions, viewChoicesOf } from "../view-options.js";

/**
 * The contents of a file for Perfetto. It always has the scheduling tables. Viewers from v53 on show
 * callstacks of slices. Stacks of samples are always callstacks. Beyond the limit a full conversion continues
 * without slices of goroutines, Ps, threads and tasks.
 */
export interface PerfettoOptions extends ViewOptions {
  /** Disables the fast path for frequent events, for tests. */
  readonly slow?: boolean;
}

/** The options with their defaults. */
export interface PerfettoChoices extends ViewChoices {
  readonly slow: boolean;
}

export function choicesOf(options: PerfettoOptions): PerfettoChoices {
  return { ...viewChoicesOf(options), slow: options.slow ?? false };
}
