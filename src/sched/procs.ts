import { grown } from "../base/columns.js";
import { IdIndex } from "../base/id-index.js";
import { NONE } from "../base/ids.js";

/** All Ps mentioned so far, in columns by slot. */
export class Procs {
  readonly index = new IdIndex();
  /** 1 while a thread holds the P, 0 while the P is idle. */
  running = new Uint8Array(64);
  /** The slot of the goroutine that is in a system call with the P, or −1. */
  inSyscall = new Int32Array(64);
  /** When `running` last changed, in nanoseconds since the start of the trace. */
  since = new Float64Array(64);
  /** {@link Edge}: whether it changed there, or the trace began there. */
  sinceEdge = new Uint8Array(64);

  get slots(): number {
    return this.index.slots;
  }

  /** The P's slot. Adds the P if it is new. */
  slot(id: number): number {
    const slot = this.index.get(id);
    return slot >= 0 ? slot : this.#add(id);
  }

  id(slot: number): number {
    return this.index.ids[slot] as number;
  }

  #add(id: number): number {
    const slot = this.index.add(id);
    if (slot >= this.running.length) {
      this.running = grown(this.running, slot + 1);
      this.inSyscall = grown(this.inSyscall, slot + 1);
      this.since = grown(this.since, slot + 1);
      this.sinceEdge = grown(this.sinceEdge, slot + 1);
    }
    this.inSyscall[slot] = NONE;
    return slot;
  }
}
