import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";
import { Level } from "./carrier-tracks.js";
import type { Carriers } from "./carriers.js";

/** Which P each thread has, from when to when: the outermost slices of the threads' rows. */
export class ThreadProcs {
  readonly #procs: Carriers;
  readonly #ms: Carriers;
  /** By number of the P: number of its thread, or −1. */
  #threads = new Int32Array(16).fill(NONE);

  constructor(procs: Carriers, ms: Carriers) {
    this.#procs = procs;
    this.#ms = ms;
  }

  /** Whether a thread is known to have a P, by their numbers (−1 for unknown ones). */
  has(thread: number, proc: number): boolean {
    return thread !== NONE && this.#threads[proc] === thread;
  }

  /** A thread has a P from now on, unless it had it before. */
  take(threadId: number, procId: number, time: number): void {
    if (threadId === NONE || procId === NONE) return;
    const thread = this.#ms.number(threadId);
    const proc = this.#procs.number(procId);
    if (this.has(thread, proc)) return;
    this.lose(procId, time);
    this.#forget(thread);
    if (proc >= this.#threads.length) {
      const known = this.#threads.length;
      this.#threads = grown(this.#threads, proc + 1).fill(NONE, known);
    }
    this.#threads[proc] = thread;
    this.#ms.set(threadId, Level.Base, time, this.#procs.labels[proc] as number);
  }

  /** The thread of a P, if one is known, loses it. */
  lose(procId: number, time: number): void {
    const proc = this.#procs.number(procId);
    const thread = this.#threads[proc] ?? NONE;
    if (thread === NONE) return;
    this.#threads[proc] = NONE;
    this.#ms.tracks.set(thread, Level.Base, time, 0);
  }

  /** Before Go 1.22 a thread may start a P before the end of its previous one is told. */
  #forget(thread: number): void {
    const proc = this.#threads.indexOf(thread);
    if (proc !== NONE) this.#threads[proc] = NONE;
  }
}
