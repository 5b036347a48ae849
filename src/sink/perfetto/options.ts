import { checkedName } from "../../base/checked.js";
import { type ViewChoices, type ViewOptions, viewChoicesOf } from "../view-options.js";

/** Which goroutines share rows. */
export const LANE_CHOICES = ["auto", "always", "never"] as const;
export type LaneChoice = (typeof LANE_CHOICES)[number];

/**
 * The contents of a file for Perfetto. It always has the scheduling tables. Viewers from v53 on show
 * callstacks of slices. Stacks of samples are always callstacks. Beyond the limit a full conversion continues
 * without slices of goroutines, Ps, threads and tasks.
 */
export interface PerfettoOptions extends ViewOptions {
  /**
   * Writes each run of a goroutine that yields and goes on at once as one of its own; by default it is one run, with the
   * number of yields. See `Yields`.
   */
  readonly keepYields?: boolean;
  /**
   * Whether goroutines of a start function that do not live at the same time share rows: `auto` (default) from the 17th
   * on, `always`, or `never`. See `Lanes`.
   */
  readonly lanes?: LaneChoice;
  /** Disables the fast path for frequent events, for tests. */
  readonly slow?: boolean;
}

/** The options with their defaults. */
export interface PerfettoChoices extends ViewChoices {
  readonly keepYields: boolean;
  readonly lanes: LaneChoice;
  readonly slow: boolean;
}

export function choicesOf(options: PerfettoOptions): PerfettoChoices {
  return {
    ...viewChoicesOf(options),
    keepYields: options.keepYields ?? false,
    lanes: checkedName("lanes", options.lanes ?? "auto", LANE_CHOICES),
    slow: options.slow ?? false,
  };
}
