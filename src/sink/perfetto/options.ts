import { type ViewChoices, type ViewOptions, viewChoicesOf } from "../view-options.js";

/**
 * What a file for Perfetto is to hold. The scheduling tables are always there. Callstacks of slices are for viewers
 * from v53 on; stacks of samples are always callstacks. Past the limit a full conversion goes on without slices of
 * goroutines, Ps, threads and tasks.
 */
export interface PerfettoOptions extends ViewOptions {
  /** Leaves out the short way for frequent events; for tests. */
  readonly slow?: boolean;
}

/** The same with nothing left open. */
export interface PerfettoChoices extends ViewChoices {
  readonly slow: boolean;
}

export function choicesOf(options: PerfettoOptions): PerfettoChoices {
  return { ...viewChoicesOf(options), slow: options.slow ?? false };
}
