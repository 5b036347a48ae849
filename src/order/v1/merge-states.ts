import { grown } from "../../base/columns.js";
import { IdIndex } from "../../base/id-index.js";
import { Status } from "./transitions.js";

const ROOM = 16;

/** The state that decides the order of events: live goroutines, in columns by slot. */
export class MergeStates {
  readonly index = new IdIndex();
  /** {@link Status} */
  status = new Uint8Array(ROOM);
  sequence = new Float64Array(ROOM);
  /** When the last system call lost its P. */
  blockedAt = new Float64Array(ROOM);
  /** Number of a system call whose goroutine has had no event since, or −1. */
  syscall = new Float64Array(ROOM);

  /** The slot of a goroutine. Adds it if it is new. */
  slot(goroutine: number): number {
    const known = this.index.get(goroutine);
    if (known >= 0) return known;
    const slot = this.index.add(goroutine);
    if (slot >= this.status.length) this.#grow(slot + 1);
    this.status[slot] = Status.Dead;
    this.sequence[slot] = 0;
    this.blockedAt[slot] = Number.NaN;
    this.syscall[slot] = -1;
    return slot;
  }

  #grow(length: number): void {
    this.status = grown(this.status, length);
    this.sequence = grown(this.sequence, length);
    this.blockedAt = grown(this.blockedAt, length);
    this.syscall = grown(this.syscall, length);
  }
}
