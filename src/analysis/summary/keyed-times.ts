import { grown } from "../../base/columns.js";

/** The end of a chain. */
const END = -1;
/** Entries of a chain that are looked at one after the other. */
const SHORT = 16;

/**
 * Sparse table of nanoseconds by row and key: chains of entries in columns, which are reused when a row is cleared. A
 * row with many keys, as damaged traces have them, gets an index.
 */
export class KeyedTimes {
  /** First entry of each row. */
  #first = new Int32Array(64).fill(END);
  #key = new Int32Array(256);
  #time = new Float64Array(256);
  #next = new Int32Array(256);
  #before = new Int32Array(256);
  /** By row, the entries by key; of long chains only. */
  readonly #indexes = new Map<number, Map<number, number>>();
  #used = 0;
  /** First free entry. */
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
    const entry = this.#entry(row, key);
    return entry === END ? undefined : (this.#time[entry] as number);
  }

  delete(row: number, key: number): void {
    const entry = this.#entry(row, key);
    if (entry === END) return;
    const next = this.#next[entry] as number;
    const before = this.#before[entry] as number;
    if (before === END) this.#first[row] = next;
    else this.#next[before] = next;
    if (next !== END) this.#before[next] = before;
    if (this.#indexes.size > 0) this.#indexes.get(row)?.delete(key);
    this.#release(entry, entry);
  }

  isEmpty(row: number): boolean {
    return this.#first[row] === END;
  }

  /** Calls `visit` for every key of a row. */
  forEach(row: number, visit: (key: number, time: number) => void): void {
    for (let entry = this.#first[row] as number; entry !== END; entry = this.#next[entry] as number)
      visit(this.#key[entry] as number, this.#time[entry] as number);
  }

  /** The times of all keys of a row together. */
  sum(row: number): number {
    let sum = 0;
    for (let e = this.#first[row] as number; e !== END; e = this.#next[e] as number)
      sum += this.#time[e] as number;
    return sum;
  }

  /** Adds a row of another table, or of this one. */
  accumulate(row: number, other: KeyedTimes, otherRow: number): void {
    for (let e = other.#first[otherRow] as number; e !== END; e = other.#next[e] as number)
      this.add(row, other.#key[e] as number, other.#time[e] as number);
  }

  /** Makes a row equal to one of another table. */
  copy(row: number, other: KeyedTimes, otherRow: number): void {
    this.clear(row);
    for (let e = other.#first[otherRow] as number; e !== END; e = other.#next[e] as number)
      this.#insert(row, other.#key[e] as number, other.#time[e] as number);
  }

  /** Subtracts a row of another table. */
  subtract(row: number, other: KeyedTimes, otherRow: number): void {
    for (let e = other.#first[otherRow] as number; e !== END; e = other.#next[e] as number)
      this.add(row, other.#key[e] as number, -(other.#time[e] as number));
  }

  clear(row: number): void {
    const first = this.#first[row] as number;
    if (first === END) return;
    let last = first;
    while (this.#next[last] !== END) last = this.#next[last] as number;
    this.#release(first, last);
    this.#first[row] = END;
    if (this.#indexes.size > 0) this.#indexes.delete(row);
  }

  /** The row's entry for a key, a new one if there is none. */
  #find(row: number, key: number): number {
    const known = this.#entry(row, key);
    return known === END ? this.#insert(row, key, 0) : known;
  }

  /** Adds an entry for a key that the row does not have. */
  #insert(row: number, key: number, time: number): number {
    const entry = this.#take();
    const first = this.#first[row] as number;
    this.#key[entry] = key;
    this.#time[entry] = time;
    this.#next[entry] = first;
    this.#before[entry] = END;
    if (first !== END) this.#before[first] = entry;
    this.#first[row] = entry;
    if (this.#indexes.size > 0) this.#indexes.get(row)?.set(key, entry);
    return entry;
  }

  /** The row's entry for a key, or {@link END}. */
  #entry(row: number, key: number): number {
    let entry = this.#first[row] as number;
    for (let i = 0; i < SHORT && entry !== END; i++) {
      if (this.#key[entry] === key) return entry;
      entry = this.#next[entry] as number;
    }
    return entry === END ? END : (this.#index(row).get(key) ?? END);
  }

  #index(row: number): Map<number, number> {
    let index = this.#indexes.get(row);
    if (index === undefined) {
      index = new Map();
      for (let e = this.#first[row] as number; e !== END; e = this.#next[e] as number)
        index.set(this.#key[e] as number, e);
      this.#indexes.set(row, index);
    }
    return index;
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
      this.#before = grown(this.#before, entry + 1);
    }
    return entry;
  }

  #release(first: number, last: number): void {
    this.#next[last] = this.#free;
    this.#free = first;
  }
}
