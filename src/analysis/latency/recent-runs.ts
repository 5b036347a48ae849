import { grown } from "../../base/columns.js";

/** The last times that goroutines had a P, running or in a system call, in the order of their ends: a ring of columns. */
export class RecentRuns {
  /** Number of those kept. */
  readonly capacity: number;
  /** All of them so far. */
  count = 0;
  goroutine = new Float64Array(256);
  /** The goroutine's slot, which may be reused by now. */
  slot = new Int32Array(256);
  /** Number of the start function; −1: unknown. */
  func = new Int32Array(256);
  /** 1 if it was a system call. */
  isCall = new Uint8Array(256);
  since = new Float64Array(256);
  until = new Float64Array(256);

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  add(goroutine: number, slot: number, func: number, isCall: boolean, since: number, until: number): void {
    const at = this.count++ % this.capacity;
    if (at >= this.slot.length) this.#grow(at + 1);
    this.goroutine[at] = goroutine;
    this.slot[at] = slot;
    this.func[at] = func;
    this.isCall[at] = isCall ? 1 : 0;
    this.since[at] = since;
    this.until[at] = until;
  }

  /**
   * Calls `visit` with the place of each that ended after a time.
   * @returns whether all of them are kept
   */
  after(time: number, visit: (at: number) => void): boolean {
    const oldest = Math.max(0, this.count - this.capacity);
    for (let run = this.count - 1; run >= oldest; run--) {
      const at = run % this.capacity;
      if ((this.until[at] as number) <= time) return true;
      visit(at);
    }
    return oldest === 0;
  }

  #grow(length: number): void {
    this.goroutine = grown(this.goroutine, length);
    this.slot = grown(this.slot, length);
    this.func = grown(this.func, length);
    this.isCall = grown(this.isCall, length);
    this.since = grown(this.since, length);
    this.until = grown(this.until, length);
  }
}
