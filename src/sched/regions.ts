import { grown } from "../base/columns.js";
import { NONE } from "../base/ids.js";

/** How a region began. */
export const RegionOrigin = {
  /** By an event. */
  Begun: 0,
  /** Its goroutine was created within a region, and inherits the region's task. */
  Inherited: 1,
} as const;
export type RegionOrigin = (typeof RegionOrigin)[keyof typeof RegionOrigin];

/** The open regions of goroutines, nested, in columns by row. Rows of ended regions are reused. */
export class RegionStacks {
  /** The consumer's number for the name. */
  name = new Int32Array(64);
  task = new Float64Array(64);
  /** When it began, in nanoseconds since the start of the trace; −1 if before the trace. */
  since = new Float64Array(64);
  /** {@link RegionOrigin} */
  origin = new Uint8Array(64);
  /** The enclosing region, −1 if there is none. */
  outer = new Int32Array(64);
  /** By goroutine slot: the innermost region. */
  #innermost = new Int32Array(256).fill(NONE);
  #used = 0;
  #free = NONE;

  /** A goroutine begins and inherits the task of its creator's region, if there is one. */
  create(slot: number, creator: number, time: number): number {
    this.#ensure(slot);
    this.#innermost[slot] = NONE;
    const region = creator === NONE ? NONE : this.innermost(creator);
    if (region === NONE) return NONE;
    return this.begin(slot, NONE, this.task[region] as number, time, RegionOrigin.Inherited);
  }

  /** A goroutine from before the trace has inherited a task, or none (−1). Returns the region's row. */
  inherit(slot: number, task: number): number {
    this.#ensure(slot);
    this.#innermost[slot] = NONE;
    return task === NONE ? NONE : this.begin(slot, NONE, task, NONE, RegionOrigin.Inherited);
  }

  /** Begins a region within the goroutine's open ones. Returns its row. */
  begin(slot: number, name: number, task: number, time: number, origin: RegionOrigin): number {
    this.#ensure(slot);
    const row = this.#take();
    this.name[row] = name;
    this.task[row] = task;
    this.since[row] = time;
    this.origin[row] = origin;
    this.outer[row] = this.#innermost[slot] as number;
    this.#innermost[slot] = row;
    return row;
  }

  /** Row of a goroutine's innermost region, −1 if it is in none. */
  innermost(slot: number): number {
    return this.#innermost[slot] ?? NONE;
  }

  /** Row of a goroutine's region that has `within` others inside, −1 if there is none. */
  around(slot: number, within: number): number {
    let row = within < 0 ? NONE : this.innermost(slot);
    for (let i = 0; i < within && row !== NONE; i++) row = this.outer[row] as number;
    return row;
  }

  /**
   * Ends a region of a goroutine, by default the innermost. The regions within it stay open. Its row is valid
   * until the next region begins.
   */
  end(slot: number, row = this.innermost(slot)): void {
    if (row === NONE) return;
    const outer = this.outer[row] as number;
    if (row === this.innermost(slot)) this.#innermost[slot] = outer;
    else this.outer[this.#inner(slot, row)] = outer;
    this.outer[row] = this.#free;
    this.#free = row;
  }

  /** Row of the next region inside a region. */
  #inner(slot: number, row: number): number {
    let inner = this.innermost(slot);
    while (this.outer[inner] !== row) inner = this.outer[inner] as number;
    return inner;
  }

  #take(): number {
    const free = this.#free;
    if (free !== NONE) {
      this.#free = this.outer[free] as number;
      return free;
    }
    const row = this.#used++;
    if (row === this.name.length) {
      this.name = grown(this.name, row + 1);
      this.task = grown(this.task, row + 1);
      this.since = grown(this.since, row + 1);
      this.origin = grown(this.origin, row + 1);
      this.outer = grown(this.outer, row + 1);
    }
    return row;
  }

  #ensure(slot: number): void {
    const { length } = this.#innermost;
    if (slot < length) return;
    this.#innermost = grown(this.#innermost, slot + 1);
    this.#innermost.fill(NONE, length);
  }
}
