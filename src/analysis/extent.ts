import type { EventBlock } from "../event/block.js";
import { EventKind } from "../event/kind.js";
import type { Analysis } from "./analysis.js";
import type { TraceFigures } from "./stats/stats-report.js";

/** The size of a trace. */
export class Extent implements Analysis {
  /** Number of events, without those that begin generations. */
  events = 0;
  /** Nanoseconds from the first to the last event. */
  duration = 0;
  readonly #threads = new Set<number>();
  #lastThread = -1;

  /** Number of threads with events. */
  get threads(): number {
    return this.#threads.size;
  }

  block(block: EventBlock): void {
    // A sync event is always the first in its block.
    this.events += block.kind[0] === EventKind.Sync ? block.length - 1 : block.length;
    const { length, thread: threads } = block;
    let last = this.#lastThread;
    for (let i = 0; i < length; i++) {
      const thread = threads[i] as number;
      if (thread === last) continue;
      last = thread;
      if (thread >= 0) this.#threads.add(thread);
    }
    this.#lastThread = last;
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
