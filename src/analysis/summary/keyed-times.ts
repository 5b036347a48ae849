import { grown } from "../../base/columns.js";

/** The end of a chain. */
const END = -1;

/**
 * Nanoseconds by row and key, for few keys a row out of many: chains of entries in columns, which are used again when a
 * row is cleared.
 */
export class KeyedTimes {
  /** First entry of each row. */
  #first = new Int32Array(64).fill(END);
  #key = new Int32Array(256);
  #time = new Float64Array(256);
  #next = new Int32Array(256);
  #used = 0;
  /** First of the entries that are free again. */
  #free = END;

  /** Makes room for a row. */
  ensure(row: number): void {
    const { length } = this.#first;
    if (row < length) return;
    this.#first = grown(this.#first, row + 1);
    this.#first.fill(END, length);
  }

  /** Adds to a key's time. */
  add(row: number, key: number, time: number): void {
    const entry = this.#find(row, key);
    this.#time[entry] = (this.#time[entry] as number) + time;
  }

  set(row: number, key: number, time: number): void {
    this.#time[this.#find(row, key)] = time;
  }

  /** The key's time, or undefined. */
  get(row: number, key: number): number | undefined {
    for (let entry = this.#first[row] as number; entry !== END; entry = this.#next[entry] as number)
      if (this.#key[entry] === key) return this.#time[entry] as number;
    return undefined;
  }

  delete(row: number, key: number): void {
    let before = END;
    for (let entry = this.#first[row] as number; entry !== END; entry = this.#next[entry] as number) {
      if (this.#key[entry] === key) {
        const next = this.#next[entry] as number;
        if (before === END) this.#first[row] = next;
        else this.#next[before] = next;
        this.#release(entry, entry);
        return;
      }
      before = entry;
    }
  }

  /** Calls `visit` for every key of a row. */
  forEach(row: number, visit: (key: number, time: number) => void): void {
    for (let entry = this.#first[row] as number; entry !== END; entry = this.#next[entry] as number)
      visit(this.#key[entry] as number, this.#time[entry] as number);
  }

  /** Adds a row of another table, or of this one, times a factor. */
  accumulate(row: number, other: KeyedTimes, otherRow: number, factor: number): void {
    for (let e = other.#first[otherRow] as number; e !== END; e = other.#next[e] as number)
      this.add(row, other.#key[e] as number, factor * (other.#time[e] as number));
  }

  clear(row: number): void {
    const first = this.#first[row] as number;
    if (first === END) return;
    let last = first;
    while (this.#next[last] !== END) last = this.#next[last] as number;
    this.#release(first, last);
    this.#first[row] = END;
  }

  /** The row's entry for a key, a new one if there is none. */
  #find(row: number, key: number): number {
    for (let entry = this.#first[row] as number; entry !== END; entry = this.#next[entry] as number)
      if (this.#key[entry] === key) return entry;
    const entry = this.#take();
    this.#key[entry] = key;
    this.#time[entry] = 0;
    this.#next[entry] = this.#first[row] as number;
    this.#first[row] = entry;
    return entry;
  }

  #take(): number {
    const free = this.#free;
    if (free !== END) {
      this.#free = this.#next[free] as number;
      return free;
    }
    const entry = this.#used++;
    if (entry === this.#key.length) {
      this.#key = grown(this.#key, entry + 1);
      this.#time = grown(this.#time, entry + 1);
      this.#next = grown(this.#next, entry + 1);
    }
    return entry;
  }

  #release(first: number, last: number): void {
    this.#next[last] = this.#free;
    this.#free = first;
  }
}
