import { grown } from "../../base/columns.js";

/** When goroutines ran, in the order in which they stopped, in columns by place: only the last runs are kept. */
export class RecentRuns {
  /** How many runs are kept. */
  readonly capacity: number;
  /** How many there were. */
  count = 0;
  goroutine = new Float64Array(256);
  /** The goroutine's slot, which may be another one's by now. */
  slot = new Int32Array(256);
  /** Number of the start function, −1 if it was not known. */
  func = new Int32Array(256);
  since = new Float64Array(256);
  until = new Float64Array(256);

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  add(goroutine: number, slot: number, func: number, since: number, until: number): void {
    const at = this.count++ % this.capacity;
    if (at >= this.slot.length) this.#grow(at + 1);
    this.goroutine[at] = goroutine;
    this.slot[at] = slot;
    this.func[at] = func;
    this.since[at] = since;
    this.until[at] = until;
  }

  /**
   * Calls `visit` with the place of every run that lasted beyond a time.
   * @returns whether all of them are still known
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
    this.since = grown(this.since, length);
    this.until = grown(this.until, length);
  }
}
