import type { ClockSnapshot, ExperimentalBatch, Generation } from "../../event/generation.js";
import { WireStacks } from "../stack-table.js";
import { WireStrings } from "../string-table.js";
import type { CpuSample } from "./cpu-samples.js";
import type { SyncData } from "./sync.js";

/** The event batches of one thread within a generation, in file order. */
export interface ThreadBatches {
  readonly thread: number;
  /** References into the batch store. */
  readonly references: number[];
  readonly offsets: number[];
  readonly lengths: number[];
  /** In ticks. */
  readonly times: number[];
}

/** All that a generation holds, undecoded where it is large. Pure data: no cursor, no state. */
export class WireGeneration implements Generation {
  readonly strings = new WireStrings();
  readonly stacks = new WireStacks(this.strings);
  readonly sync: SyncData = { frequency: 0, snapshot: undefined };
  readonly samples: CpuSample[] = [];
  readonly experimental: ExperimentalBatch[] = [];
  /** Threads in the order in which they first appear. */
  readonly threads: ThreadBatches[] = [];
  readonly #byThread = new Map<number, ThreadBatches>();
  // Negative zeros: fields that start as doubles stay doubles (see the ordering's fast loop).
  /** The least timestamp of any batch, in ticks; 0 until there is one. */
  minTicks = -0;
  /** Bytes of event batches. */
  eventBytes = -0;
  batches = 0;
  complete = true;
  nsPerTick = -0;

  constructor(readonly number: number) {}

  get clock(): ClockSnapshot | undefined {
    const snapshot = this.sync.snapshot;
    if (snapshot === undefined) return undefined;
    return { trace: Math.trunc(snapshot.ticks * this.nsPerTick), mono: snapshot.mono, wall: snapshot.wall };
  }

  /** Registers an event batch. */
  addEvents(thread: number, reference: number, offset: number, length: number, time: number): void {
    let batches = this.#byThread.get(thread);
    if (batches === undefined) {
      batches = { thread, references: [], offsets: [], lengths: [], times: [] };
      this.#byThread.set(thread, batches);
      this.threads.push(batches);
    }
    batches.references.push(reference);
    batches.offsets.push(offset);
    batches.lengths.push(length);
    batches.times.push(time);
    this.eventBytes += length;
  }
}
