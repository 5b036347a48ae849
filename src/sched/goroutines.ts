import { grown } from "../base/columns.js";
import { NONE } from "../base/ids.js";
import { Edge, SchedState } from "./state.js";

/**
 * The live goroutines, in columns by slot: the state of each, when it began and why. Slots are those of the
 * events ({@link EventBlock.slot}). A slot is reused after its goroutine has ended.
 */
export class Goroutines {
  /** The goroutine's id; −1 where the slot is free. */
  id = new Float64Array(256).fill(NONE);
  /** {@link SchedState} */
  state = new Uint8Array(256);
  /** When the state began, in nanoseconds since the start of the trace. */
  since = new Float64Array(256);
  /** {@link Edge}: whether the state began there, or the trace did. */
  sinceEdge = new Uint8Array(256);
  /** For waiting and stopped goroutines: number of the reason in {@link SchedModel.reasons}. */
  reason = new Int32Array(256);
  /** The goroutine that made it runnable, or −1; {@link leftOut} if that one is left out. */
  waker = new Float64Array(256);
  /** Its P and thread while running or in a system call, otherwise −1. */
  proc = new Int32Array(256);
  thread = new Float64Array(256);
  /** Number of the start function in {@link SchedModel.functions}; −1 while unknown. */
  func = new Int32Array(256).fill(NONE);
  /** The goroutine that created it, likewise. */
  creator = new Float64Array(256);
  /**
   * Its work for the runtime, such as "GC (dedicated)": number of its last label in
   * {@link SchedModel.labels}; −1 if it never had one.
   */
  label = new Int32Array(256);
  /** 1 if it was created to serve calls from C. */
  isCgo = new Uint8Array(256);
  /** One more than the highest slot ever used. */
  slots = 0;

  /** Whether the goroutine is known. */
  has(slot: number, id: number): boolean {
    return this.id[slot] === id;
  }

  /** Adds a goroutine in an unknown state. */
  add(slot: number, id: number): void {
    if (slot >= this.state.length) this.#grow(slot + 1);
    if (slot >= this.slots) this.slots = slot + 1;
    this.id[slot] = id;
    this.state[slot] = SchedState.None;
    this.sinceEdge[slot] = Edge.Seen;
    this.reason[slot] = NONE;
    this.waker[slot] = NONE;
    this.proc[slot] = NONE;
    this.thread[slot] = NONE;
    this.func[slot] = NONE;
    this.creator[slot] = NONE;
    this.label[slot] = NONE;
    this.isCgo[slot] = 0;
  }

  delete(slot: number): void {
    this.id[slot] = NONE;
  }

  /** Calls `visit` for every live goroutine, in slot order. */
  forEach(visit: (id: number, slot: number) => void): void {
    for (let slot = 0; slot < this.slots; slot++) {
      const id = this.id[slot] as number;
      if (id !== NONE) visit(id, slot);
    }
  }

  /** The slots of live goroutines, in order. */
  *live(): Generator<number> {
    for (let slot = 0; slot < this.slots; slot++) if (this.id[slot] !== NONE) yield slot;
  }

  #grow(length: number): void {
    const used = this.id.length;
    this.id = grown(this.id, length);
    this.id.fill(NONE, used);
    this.state = grown(this.state, length);
    this.since = grown(this.since, length);
    this.sinceEdge = grown(this.sinceEdge, length);
    this.reason = grown(this.reason, length);
    this.waker = grown(this.waker, length);
    this.proc = grown(this.proc, length);
    this.thread = grown(this.thread, length);
    this.func = grown(this.func, length).fill(NONE, used);
    this.creator = grown(this.creator, length);
    this.label = grown(this.label, length);
    this.isCgo = grown(this.isCgo, length);
  }
}
