import { MAX_BLOCK } from "../event/block.js";
import type { Goroutines } from "./goroutines.js";
import { NewNames } from "./new-names.js";

/**
 * Changes of goroutines' states, in event order, as columns: row `i` is the `i`-th entry of each, for `0 ≤ i <
 * length`. A row describes the interval that ends, and the state that begins. The rows are valid until the
 * call that hands them over returns.
 */
export class Changes {
  length = 0;
  /** Index of the causing event in the block. Its stack is that of the code that caused the change. */
  readonly event = new Int32Array(MAX_BLOCK);
  /** The goroutine, and its slot in {@link Goroutines}, which a later row may have for another goroutine. */
  readonly goroutine = new Float64Array(MAX_BLOCK);
  readonly slot = new Int32Array(MAX_BLOCK);
  /** Number of the start function in {@link SchedModel.functions}; −1 while unknown. */
  readonly func = new Int32Array(MAX_BLOCK);

  /** The {@link SchedState} that ends; `None` for a new goroutine. */
  readonly from = new Uint8Array(MAX_BLOCK);
  /** When it began, in nanoseconds since the start of the trace, and the {@link Edge} of that. */
  readonly since = new Float64Array(MAX_BLOCK);
  readonly sinceEdge = new Uint8Array(MAX_BLOCK);
  /** Number of its reason in {@link SchedModel.reasons}; −1 for none. */
  readonly reason = new Int32Array(MAX_BLOCK);
  /** The goroutine that made it runnable, or −1; {@link leftOut} if that one is left out. */
  readonly waker = new Float64Array(MAX_BLOCK);
  /** Its P while running or in a system call, otherwise −1. */
  readonly proc = new Int32Array(MAX_BLOCK);

  /** The {@link SchedState} that begins; `None` if the goroutine ends. */
  readonly to = new Uint8Array(MAX_BLOCK);
  /** When it begins, likewise; 0 for a goroutine that was in this state when the trace began. */
  readonly time = new Float64Array(MAX_BLOCK);
  readonly edge = new Uint8Array(MAX_BLOCK);
  /** The reason and the P of the new state. */
  readonly toReason = new Int32Array(MAX_BLOCK);
  readonly toProc = new Int32Array(MAX_BLOCK);

  /** Start functions that became known between the changes. */
  readonly names = new NewNames();

  /**
   * Adds a change of a goroutine, with the state that ends, which the model's columns still have.
   * @returns its row, whose columns of the new state the caller fills
   */
  add(event: number, slot: number, goroutines: Goroutines): number {
    const row = this.length++;
    this.event[row] = event;
    this.slot[row] = slot;
    this.goroutine[row] = goroutines.id[slot] as number;
    this.func[row] = goroutines.func[slot] as number;
    this.from[row] = goroutines.state[slot] as number;
    this.since[row] = goroutines.since[slot] as number;
    this.sinceEdge[row] = goroutines.sinceEdge[slot] as number;
    this.reason[row] = goroutines.reason[slot] as number;
    this.waker[row] = goroutines.waker[slot] as number;
    this.proc[row] = goroutines.proc[slot] as number;
    return row;
  }

  clear(): void {
    this.length = 0;
    this.names.length = 0;
  }
}
