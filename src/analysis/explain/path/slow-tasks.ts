import type { Analysis } from "../../analysis.js";
import type { TaskRow } from "../../summary/rows.js";
import { CriticalPaths } from "./critical-paths.js";
import { InstanceTimes } from "./instance-times.js";
import type { InstancePath } from "./path-report.js";

/** Tasks whose paths are found. */
const TASKS = 3;
/** Intervals that are remembered for each: 11 MB. */
const KEPT = 1 << 18;

/** The critical path of a task. */
export interface TaskPath extends InstancePath {
  readonly type: string;
}

/**
 * The critical paths of the slowest tasks, in a second pass over the trace. As each has a query of its own, the instance is
 * known when it ends, without a pass before.
 */
export class SlowTasks {
  readonly #tasks: readonly {
    readonly type: string;
    readonly times: InstanceTimes;
    readonly paths: CriticalPaths;
  }[];

  readonly #start: number;

  /**
   * @param longest tasks of the first pass, the longest first
   * @param start when the trace begins, if it is a part of another: paths have the times of the whole
   */
  constructor(longest: readonly TaskRow[], start = 0) {
    this.#start = start;
    const whole = longest.filter(({ begin, end }) => begin !== undefined && end !== undefined);
    this.#tasks = whole.slice(0, TASKS).map(({ id, type }) => {
      const times = new InstanceTimes({ task: id });
      return { type, times, paths: new CriticalPaths({ task: id }, times, KEPT) };
    });
  }

  /** The analyses to feed with the trace; none if no task is whole. */
  get analyses(): Analysis[] {
    return this.#tasks.flatMap(({ times, paths }) => [times, paths]);
  }

  /** The slowest first. */
  get paths(): TaskPath[] {
    return this.#tasks.flatMap(({ type, paths }) => {
      const { slowest } = paths.report ?? {};
      return slowest === undefined ? [] : [{ type, ...slowest, time: slowest.time + this.#start }];
    });
  }
}
