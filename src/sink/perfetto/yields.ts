import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";
import { type EventBlock, MAX_BLOCK } from "../../event/block.js";
import { EventKind, isProc } from "../../event/kind.js";
import { LONGEST_PAUSE } from "../yield-pause.js";
import { MAX_CPU } from "./cpu-stream.js";

const K = EventKind;

/**
 * Finds the yields that change nothing: a goroutine gives up its P (`runtime.Gosched`, or a preemption) and goes on at once on
 * the same P, where nothing else ran in between. The sweeper of the garbage collector does so every few hundred nanoseconds,
 * so these can be half of all runs. The file shows the runs before and after such a yield as one.
 */
export class Yields {
  /** By index of an event of the last block: 1 if it continues the run that a yield interrupted. */
  readonly resumes = new Uint8Array(MAX_BLOCK);
  readonly #longest: number;
  /** By P: slot of the goroutine that yielded there last, if nothing ran since, and when. */
  readonly #slots = new Int32Array(MAX_CPU + 1).fill(NONE);
  readonly #times = new Float64Array(MAX_CPU + 1);
  /** By slot: the P where the goroutine yielded last, if it has not run since. */
  #procs = new Int32Array(256).fill(NONE);

  /** @param keepsAll whether no run is continued */
  constructor(keepsAll: boolean) {
    this.#longest = keepsAll ? NONE : LONGEST_PAUSE;
  }

  /** Takes the events of a block. */
  block({ kind, slot: slots, proc, subject, time, length }: EventBlock): void {
    const { resumes } = this;
    const yielded = this.#slots;
    resumes.fill(0, 0, length);
    for (let i = 0; i < length; i++) {
      const k = kind[i] as number;
      if (k === K.GoStart) {
        const p = proc[i] as number;
        const slot = slots[i] as number;
        if (yielded[p] === slot) resumes[i] = this.#continues(p, slot, time[i] as number);
        this.#forget(p);
        // Slots beyond the column have not yielded: nothing is stored.
        this.#procs[slot] = NONE;
      } else if (k === K.GoStop) {
        this.#yield(proc[i] as number, slots[i] as number, time[i] as number);
      } else if (isProc(k)) {
        this.#forget(subject[i] as number);
      }
    }
  }

  /** Ps beyond Perfetto's limit have no row. */
  #forget(proc: number): void {
    if (proc >= 0 && proc <= MAX_CPU) this.#slots[proc] = NONE;
  }

  #continues(proc: number, slot: number, time: number): number {
    const isSame = this.#procs[slot] === proc;
    return isSame && time - (this.#times[proc] as number) <= this.#longest ? 1 : 0;
  }

  #yield(proc: number, slot: number, time: number): void {
    if (slot >= this.#procs.length) this.#procs = grown(this.#procs, slot + 1);
    this.#procs[slot] = proc;
    if (proc < 0 || proc > MAX_CPU) return;
    this.#slots[proc] = slot;
    this.#times[proc] = time;
  }
}
