import type { Reported } from "../../../analysis/analysis.js";
import type { PathQuery } from "../../../analysis/explain/path/instances.js";
import type { SelectionOptions } from "../../options/selection.js";

/** Options that say whose latency is explained. */
export interface PathOptions extends Pick<SelectionOptions, "goroutine" | "task"> {
  /** The name of regions. */
  readonly region?: string;
}

/**
 * Whose latency is explained; undefined if nothing is selected.
 * @param reported the selected goroutines
 */
export function pathQuery(
  { goroutine, region, task }: PathOptions,
  reported: Reported | undefined,
): PathQuery | undefined {
  if (region !== undefined) return { region };
  if (task !== undefined) return "id" in task ? { task: task.id } : { taskType: task.type };
  return goroutine === undefined || reported === undefined ? undefined : { goroutines: reported };
}
