import { EncodedText } from "../../bytes/encoded-text.js";
import { SpecialProc } from "../../event/special-procs.js";
import type { EventWriter } from "./event-writer.js";

/**
 * The viewer's "processes" other than groups of goroutines. Thread ids in them are those of Ps or threads, or
 * lanes. None equals its process id, because viewers would treat it as the main thread and put it first. The
 * ids are short, because nearly every event has one.
 */
export const Process = {
  Runtime: 1001,
  Procs: 1002,
  Threads: 1003,
  Tasks: 1004,
} as const;

/** The order of these. */
export const ProcessOrder = { Runtime: 0, Procs: 1, Threads: 2, Tasks: 3, Groups: 4 } as const;

/** Process ids of groups of goroutines count down from this. */
export const FIRST_GROUP = 2 ** 31 - 2;

/** Rows for events of no single P or thread. */
export const Lane = {
  Gc: 1,
  StopTheWorld: 2,
  /** As in Go's viewer, and in the order of its rows. */
  Timers: SpecialProc.Timer,
  Network: SpecialProc.Netpoll,
  Syscalls: SpecialProc.Syscall,
  WithoutProc: 1_000_004,
  /** From here on, by the ids of Ps: rows for sweeping, which need not nest with a P's slices. */
  Sweeping: 1_100_000,
} as const;

const FIRST = new EncodedText('\n{"name":');
const NEXT = new EncodedText(',\n{"name":');

/** Writes names and order of processes and threads. The first of them begins the list of events. */
export class Descriptions {
  readonly #events: EventWriter;

  constructor(events: EventWriter) {
    this.#events = events;
  }

  process(pid: number, name: string, order: number): void {
    const where = new EncodedText(`,"pid":${pid}`);
    this.#write("process_name", "name", JSON.stringify(name));
    this.#events.end(where);
    this.#write("process_sort_index", "sort_index", order);
    this.#events.end(where);
  }

  thread(pid: number, tid: number, name: string): void {
    this.#write("thread_name", "name", JSON.stringify(name));
    this.#events.endAt(pid, tid);
  }

  threadInOrder(pid: number, tid: number, name: string, order: number): void {
    this.thread(pid, tid, name);
    this.#write("thread_sort_index", "sort_index", Math.min(order, Number.MAX_SAFE_INTEGER));
    this.#events.endAt(pid, tid);
  }

  /** Writes one up to its place. @param value as JSON */
  #write(kind: string, key: string, value: string | number): void {
    this.#events.begin(this.#isFirst ? FIRST : NEXT);
    this.#isFirst = false;
    this.#events.text(`"${kind}","ph":"M","args":{"${key}":${value}}`);
  }

  #isFirst = true;
}
