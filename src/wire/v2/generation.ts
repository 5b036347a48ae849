import type { ClockSnapshot, ExperimentalBatch, Generation } from "../../event/generation.js";
import { WireStacks } from "../stack-table.js";
import { WireStrings } from "../string-table.js";
import { CpuSamples } from "./cpu-samples.js";
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

/** The contents of a generation; large parts are not decoded. Pure data: no cursor, no state. */
export class WireGeneration implements Generation {
  readonly strings = new WireStrings();
  readonly stacks = new WireStacks(this.strings);
  readonly sync: SyncData = { frequency: 0, snapshot: undefined };
  readonly samples = new CpuSamples();
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
  wallClock: ClockSnapshot | undefined;

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

  /**
   * Orders the batches of each thread by time and removes duplicates: damage may have moved or duplicated
   * them.
   * @param found called for each duplicate with its bytes, and for out-of-order batches with 0
   */
  settle(found: (bytes: number, offset: number, problem: string) => void): void {
    for (const batches of this.threads) {
      const late = firstOutOfOrder(batches);
      if (late < 0 || batches.thread < 0) continue;
      const isEarlier = (batches.times[late] as number) < (batches.times[late - 1] as number);
      const what = `batches of thread ${batches.thread} are not in order of time`;
      if (isEarlier) found(0, batches.offsets[late] as number, what);
      for (const { length, offset } of sortBatches(batches)) {
        this.eventBytes -= length;
        found(length, offset, `a batch of thread ${batches.thread} is there twice`);
      }
    }
  }
}

/** The first batch that is earlier than the one before it, or may be the same; −1 if there is none. */
function firstOutOfOrder({ times, lengths }: ThreadBatches): number {
  for (let i = 1; i < times.length; i++) {
    const since = (times[i] as number) - (times[i - 1] as number);
    if (since < 0 || (since === 0 && lengths[i] === lengths[i - 1] && lengths[i] !== 0)) return i;
  }
  return -1;
}

/** Sorts batches by time. Removes duplicates and returns them. */
function sortBatches(batches: ThreadBatches): { readonly length: number; readonly offset: number }[] {
  const { times, references, offsets, lengths } = batches;
  const rows = times.map((time, i) => ({
    time,
    reference: references[i] as number,
    offset: offsets[i] as number,
    length: lengths[i] as number,
  }));
  rows.sort((a, b) => a.time - b.time);
  const isTwice = (row: (typeof rows)[number], i: number) =>
    i > 0 && row.length > 0 && row.time === rows[i - 1]?.time && row.length === rows[i - 1]?.length;
  const twice = rows.filter(isTwice);
  const kept = rows.filter((row, i) => !isTwice(row, i));
  for (const column of [times, references, offsets, lengths]) column.length = 0;
  for (const { time, reference, offset, length } of kept) {
    times.push(time);
    references.push(reference);
    offsets.push(offset);
    lengths.push(length);
  }
  return twice;
}
