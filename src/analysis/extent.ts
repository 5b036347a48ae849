import { NONE } from "../base/ids.js";
import type { EventBlock } from "../event/block.js";
import { EventKind } from "../event/kind.js";
import type { Analysis } from "./analysis.js";
import type { TraceFigures } from "./stats/stats-report.js";

/** Places for threads that have been seen lately: more than a program has running at a time. */
const RECENT = 256;

/** The size of a trace. */
export class Extent implements Analysis {
  /** Number of events, without those that begin generations. */
  events = 0;
  /** Nanoseconds from the first to the last event. */
  duration = 0;
  readonly #threads = new Set<number>();
  /** Threads that are in the set, each at the place that its id gives. */
  readonly #recent = new Float64Array(RECENT).fill(NONE);

  /** Number of threads with events. */
  get threads(): number {
    return this.#threads.size;
  }

  block(block: EventBlock): void {
    // A sync event is always the first in its block.
    this.events += block.kind[0] === EventKind.Sync ? block.length - 1 : block.length;
    const { length, thread: threads } = block;
    const recent = this.#recent;
    for (let i = 0; i < length; i++) {
      const thread = threads[i] as number;
      if (recent[thread & (RECENT - 1)] === thread) continue;
      recent[thread & (RECENT - 1)] = thread;
      if (thread !== NONE) this.#threads.add(thread);
    }
  }

  /** As reports have it. @param timesEstimated whether the frequency of the trace's clock is missing */
  figures(incomplete = false, timesEstimated = false): TraceFigures {
    const { duration, events, threads } = this;
    return { duration, events, threads, incomplete, timesEstimated };
  }

  finish(time: number): void {
    this.duration = Number.isNaN(time) ? 0 : time;
  }
}
