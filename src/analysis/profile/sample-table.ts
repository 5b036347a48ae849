import { grown } from "../../base/columns.js";

/** The key of a row: numbers, with −1 for none. */
export interface SampleKey {
  /** {@link Activity} */
  readonly activity: number;
  readonly stack: number;
  readonly func: number;
  readonly reason: number;
  readonly region: number;
  readonly task: number;
}

/** Sums by all labels of samples, in columns by row. Rows are never removed. */
export class SampleTable {
  activity = new Uint8Array(256);
  stack = new Int32Array(256);
  func = new Int32Array(256);
  reason = new Int32Array(256);
  region = new Int32Array(256);
  task = new Int32Array(256);
  count = new Float64Array(256);
  /** Nanoseconds. */
  delay = new Float64Array(256);
  length = 0;
  /** Hash table of row + 1, with linear probing. */
  #places = new Int32Array(1024);

  /** The row of a key; a new row has zero sums. */
  row(activity: number, stack: number, func: number, reason: number, region: number, task: number): number {
    const mask = this.#places.length - 1;
    let place = hash(activity, stack, func, reason, region, task) & mask;
    for (;;) {
      const row = (this.#places[place] as number) - 1;
      if (row < 0) break;
      if (
        this.stack[row] === stack &&
        this.func[row] === func &&
        this.reason[row] === reason &&
        this.activity[row] === activity &&
        this.region[row] === region &&
        this.task[row] === task
      )
        return row;
      place = (place + 1) & mask;
    }
    return this.#add({ activity, stack, func, reason, region, task }, place);
  }

  add(row: number, count: number, delay: number): void {
    this.count[row] = (this.count[row] as number) + count;
    this.delay[row] = (this.delay[row] as number) + delay;
  }

  /** The row that differs from another only in the function. */
  withFunc(row: number, func: number): number {
    return this.row(
      this.activity[row] as number,
      this.stack[row] as number,
      func,
      this.reason[row] as number,
      this.region[row] as number,
      this.task[row] as number,
    );
  }

  #add(key: SampleKey, place: number): number {
    const row = this.length++;
    if (row >= this.stack.length) this.#grow(row + 1);
    this.activity[row] = key.activity;
    this.stack[row] = key.stack;
    this.func[row] = key.func;
    this.reason[row] = key.reason;
    this.region[row] = key.region;
    this.task[row] = key.task;
    this.#places[place] = row + 1;
    if (this.length * 2 > this.#places.length) this.#rehash();
    return row;
  }

  #rehash(): void {
    const places = new Int32Array(this.#places.length * 2);
    const mask = places.length - 1;
    for (let row = 0; row < this.length; row++) {
      let place =
        hash(
          this.activity[row] as number,
          this.stack[row] as number,
          this.func[row] as number,
          this.reason[row] as number,
          this.region[row] as number,
          this.task[row] as number,
        ) & mask;
      while (places[place] !== 0) place = (place + 1) & mask;
      places[place] = row + 1;
    }
    this.#places = places;
  }

  #grow(length: number): void {
    this.activity = grown(this.activity, length);
    this.stack = grown(this.stack, length);
    this.func = grown(this.func, length);
    this.reason = grown(this.reason, length);
    this.region = grown(this.region, length);
    this.task = grown(this.task, length);
    this.count = grown(this.count, length);
    this.delay = grown(this.delay, length);
  }
}

function hash(
  activity: number,
  stack: number,
  func: number,
  reason: number,
  region: number,
  task: number,
): number {
  let h = Math.imul(stack, 0x9e3779b1) ^ Math.imul(func, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15), 0xc2b2ae35) ^ Math.imul(reason * 8 + activity, 0x27d4eb2f);
  h ^= Math.imul(region, 0x165667b1) ^ Math.imul(task, 0x2c1b3c6d);
  return h ^ (h >>> 13);
}

/** Counts and times by row of a {@link SampleTable}, held back from it. */
export class Tally {
  readonly #places = new Map<number, number>();
  readonly #rows: number[] = [];
  readonly #counts: number[] = [];
  readonly #delays: number[] = [];

  add(row: number, count: number, delay: number): void {
    const place = this.#places.get(row);
    if (place === undefined) {
      this.#places.set(row, this.#rows.length);
      this.#rows.push(row);
      this.#counts.push(count);
      this.#delays.push(delay);
      return;
    }
    this.#counts[place] = (this.#counts[place] as number) + count;
    this.#delays[place] = (this.#delays[place] as number) + delay;
  }

  /** Calls `visit` for every row, in order of insertion. */
  forEach(visit: (row: number, count: number, delay: number) => void): void {
    for (let i = 0; i < this.#rows.length; i++)
      visit(this.#rows[i] as number, this.#counts[i] as number, this.#delays[i] as number);
  }
}

/** The sum of both; it reuses one of them. */
export function merged(one: Tally | undefined, other: Tally | undefined): Tally | undefined {
  if (one === undefined) return other;
  other?.forEach((row, count, delay) => {
    one.add(row, count, delay);
  });
  return one;
}
