import { grown } from "../base/columns.js";
import { IdIndex } from "../base/id-index.js";
import { NONE } from "../base/ids.js";
import { Edge, SchedState } from "./state.js";

/**
 * The live goroutines, in columns by slot: what each does, since when and why. A slot is used again after
 * its goroutine has ended.
 */
export class Goroutines {
  readonly index = new IdIndex();
  /** {@link SchedState} */
  state = new Uint8Array(256);
  /** When the state began, in nanoseconds since the start of the trace. */
  since = new Float64Array(256);
  /** {@link Edge}: whether that is where it began, or only where the trace did. */
  sinceEdge = new Uint8Array(256);
  /** For waiting and stopped goroutines: number of the reason in {@link SchedModel.reasons}. */
  reason = new Int32Array(256);
  /** Who made it runnable: a goroutine's id, or −1. */
  waker = new Float64Array(256);
  /** The P and thread it is on while running or in a system call, else −1. */
  proc = new Int32Array(256);
  thread = new Float64Array(256);
  /** Number of the start function in {@link SchedModel.functions}; −1 while unknown. */
  func = new Int32Array(256);
  /** Who created it: a goroutine's id, or −1. */
  creator = new Float64Array(256);

  get slots(): number {
    return this.index.slots;
  }

  /** The goroutine's slot, or −1. */
  slot(id: number): number {
    return this.index.get(id);
  }

  /** The goroutine in a slot. */
  id(slot: number): number {
    return this.index.ids[slot] as number;
  }

  /** Adds a goroutine of which nothing is known yet. */
  add(id: number, time: number): number {
    const slot = this.index.add(id);
    if (slot >= this.state.length) this.#grow(slot + 1);
    this.state[slot] = SchedState.None;
    this.since[slot] = time;
    this.sinceEdge[slot] = Edge.Seen;
    this.reason[slot] = NONE;
    this.waker[slot] = NONE;
    this.proc[slot] = NONE;
    this.thread[slot] = NONE;
    this.func[slot] = NONE;
    this.creator[slot] = NONE;
    return slot;
  }

  delete(id: number): void {
    this.index.delete(id);
  }

  forEach(visit: (id: number, slot: number) => void): void {
    this.index.forEach(visit);
  }

  #grow(length: number): void {
    this.state = grown(this.state, length);
    this.since = grown(this.since, length);
    this.sinceEdge = grown(this.sinceEdge, length);
    this.reason = grown(this.reason, length);
    this.waker = grown(this.waker, length);
    this.proc = grown(this.proc, length);
    this.thread = grown(this.thread, length);
    this.func = grown(this.func, length);
    this.creator = grown(this.creator, length);
  }
}
