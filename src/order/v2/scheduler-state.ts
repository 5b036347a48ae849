import { grown } from "../../base/columns.js";
import { IdIndex } from "../../base/id-index.js";
import { NONE } from "../../base/ids.js";
import { OpenRegions } from "../open-regions.js";

/** Initial capacity of columns. */
const ROOM = 16;

/** A goroutine's status, as the wire numbers it. */
export const GoStatus = { Bad: 0, Runnable: 1, Running: 2, Syscall: 3, Waiting: 4 } as const;

/** A P's status, as the wire numbers it. */
export const ProcStatus = { Bad: 0, Running: 1, Idle: 2, Syscall: 3, SyscallAbandoned: 4 } as const;

export const GO_STATUS_NAMES = ["bad", "runnable", "running", "in a system call", "waiting"] as const;
export const PROC_STATUS_NAMES = [
  "bad",
  "running",
  "idle",
  "in a system call",
  "in an abandoned system call",
] as const;

/** An open range, by the type byte of its begin event. */
export interface OpenRange {
  readonly type: number;
  /** The kind of a stop-the-world. */
  readonly text: string;
}

/**
 * Status and sequence number of one kind of resource, in columns by slot. A sequence number is `generation's
 * ordinal · 2^32 + number`, so one comparison tells whether it is the successor in the same generation.
 */
export class Resources {
  readonly index = new IdIndex();
  status = new Uint8Array(ROOM);
  sequence = new Float64Array(ROOM);
  /** Open ranges, for the few slots that have any. */
  readonly ranges: (OpenRange[] | undefined)[] = [];

  /** Adds a resource. Returns its slot. */
  add(id: number, status: number, sequence: number): number {
    const slot = this.index.add(id);
    if (slot >= this.status.length) this.#grow();
    this.status[slot] = status;
    this.sequence[slot] = sequence;
    return slot;
  }

  /** The slot's list of ranges, for changes. */
  rangesOf(slot: number): OpenRange[] {
    while (this.ranges.length <= slot) this.ranges.push(undefined);
    let ranges = this.ranges[slot];
    if (ranges === undefined) {
      ranges = [];
      this.ranges[slot] = ranges;
    }
    return ranges;
  }

  /** Whether the slot has open ranges. */
  hasRanges(slot: number): boolean {
    return slot < this.ranges.length && (this.ranges[slot]?.length ?? 0) > 0;
  }

  #grow(): void {
    this.status = grown(this.status, this.status.length * 2);
    this.sequence = grown(this.sequence, this.sequence.length * 2);
  }
}

/** All Ps mentioned so far. */
export class ProcStates extends Resources {
  /** By slot: the context of the thread that took the P last. */
  holder = new Int32Array(ROOM);

  /** Gives the P to a thread. @param context the number of its context */
  take(id: number, context: number): void {
    const slot = this.index.get(id);
    if (slot >= this.holder.length) this.holder = grown(this.holder, slot + 1);
    this.holder[slot] = context;
  }

  /** The context of the thread that holds the P; −1 if none does. */
  holderOf(id: number, threads: ThreadContexts): number {
    const slot = this.index.get(id);
    const context = slot < 0 || slot >= this.holder.length ? 0 : (this.holder[slot] as number);
    return context > 0 && threads.proc[context] === id ? context : NONE;
  }
}

/** The live goroutines. */
export class GoroutineStates extends Resources {
  /** By slot, for those that ever had regions. Reused with the slot after a goroutine ends. */
  readonly #regions: (OpenRegions<string> | undefined)[] = [];
  /**
   * By slot: whether the trace has the goroutine's creation, so that all its activity began in the trace.
   */
  isCreated = new Uint8Array(ROOM);

  /** Adds a goroutine. @param isCreated whether the trace has its creation */
  addGoroutine(id: number, status: number, sequence: number, isCreated: boolean): number {
    const slot = this.add(id, status, sequence);
    if (slot >= this.isCreated.length) this.isCreated = grown(this.isCreated, this.status.length);
    this.isCreated[slot] = isCreated ? 1 : 0;
    return slot;
  }

  /** Deletes a goroutine that has ended. */
  delete(id: number): void {
    const slot = this.index.get(id);
    if (slot < this.ranges.length) this.ranges[slot] = undefined;
    if (slot < this.#regions.length) this.#regions[slot]?.clear();
    // A thread may still hold the slot of a goroutine that it no longer runs. `Bad` keeps the fast loop away
    // from it.
    this.status[slot] = GoStatus.Bad;
    this.index.delete(id);
  }

  regionsOf(slot: number): OpenRegions<string> {
    while (this.#regions.length <= slot) this.#regions.push(undefined);
    return this.#regions[slot] ?? this.#addRegions(slot);
  }

  #addRegions(slot: number): OpenRegions<string> {
    const regions = new OpenRegions<string>();
    this.#regions[slot] = regions;
    return regions;
  }
}

/** The P and goroutine of each thread, in columns by context number. Context 0 is "no thread". */
export class ThreadContexts {
  readonly #byThread = new Map<number, number>([[NONE, 0]]);
  thread = new Float64Array(ROOM).fill(NONE);
  proc = new Float64Array(ROOM).fill(NONE);
  goroutine = new Float64Array(ROOM).fill(NONE);
  /** The slot of {@link goroutine}, or −1. */
  slot = new Int32Array(ROOM).fill(NONE);
  /** Whether an event of the thread has been tried, which makes it a thread that Go's reader knows. */
  seen = new Uint8Array(ROOM);
  #size = 1;

  get size(): number {
    return this.#size;
  }

  /** The number of a thread's context, created on demand. */
  of(thread: number): number {
    let context = this.#byThread.get(thread);
    if (context === undefined) {
      context = this.#size++;
      if (context === this.thread.length) this.#grow();
      this.#byThread.set(thread, context);
      this.thread[context] = thread;
    }
    return context;
  }

  #grow(): void {
    const size = this.thread.length * 2;
    for (const column of ["thread", "proc", "goroutine"] as const) {
      const larger = new Float64Array(size).fill(NONE);
      larger.set(this[column]);
      this[column] = larger;
    }
    const slot = new Int32Array(size).fill(NONE);
    slot.set(this.slot);
    this.slot = slot;
    this.seen = grown(this.seen, size);
  }
}
