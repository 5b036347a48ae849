import type { GoId } from "../base/ids.js";

/**
 * The goroutines whose figures are reported. Analyses see the events of all goroutines whatever is reported: who woke
 * whom, what ran meanwhile and what a task took are known of these too.
 */
export interface Reported {
  has(goroutine: GoId): boolean;
}

/** Every goroutine. */
export const ALL: Reported = { has: () => true };
