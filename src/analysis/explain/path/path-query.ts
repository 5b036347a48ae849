import type { Reported } from "../../analysis.js";
import type { PathQuery } from "./instances.js";

/** What a person selects: regions of a name, or one task or those of a type. */
export interface PathChoice {
  readonly region?: string | undefined;
  readonly task?: { readonly id: number } | { readonly type: string } | undefined;
}

/**
 * Whose latency is explained; undefined if nothing is selected.
 * @param reported the selected goroutines, if the choice is of goroutines or of a task
 */
export function pathQuery(
  { region, task }: PathChoice,
  reported: Reported | undefined,
): PathQuery | undefined {
  if (region !== undefined) return { region };
  if (task !== undefined) return "id" in task ? { task: task.id } : { taskType: task.type };
  return reported && { goroutines: reported };
}
