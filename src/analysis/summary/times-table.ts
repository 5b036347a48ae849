import { grown } from "../../base/columns.js";
import { KeyedTimes } from "./keyed-times.js";

/** Times of goroutines, in nanoseconds. */
export interface ExecTimes {
  /** Lifetime; overlaps with all below. */
  readonly total: number;
  /** Running. */
  readonly exec: number;
  /** Runnable: waiting for a P. */
  readonly schedWait: number;
  /** In system calls, with a P. */
  readonly syscall: number;
  /** In system calls, after the loss of the P. */
  readonly syscallBlocked: number;
  /** Waiting, by reason; "" if unknown: the wait began before the trace, or a coroutine switched to another. */
  readonly block: Readonly<Record<string, number>>;
  /** The rest of {@link total}. */
  readonly unknown: number;
  /** In ranges (stop-the-world by kind, mark assist, sweep), by name; overlaps with the others. */
  readonly range: Readonly<Record<string, number>>;
}

/** Gives the name of a key. */
export type Naming = (key: number) => string;

/** The times of a row that are single numbers: see {@link ExecTimes}. */
export const Time = { Total: 0, Exec: 1, SchedWait: 2, Syscall: 3, SyscallBlocked: 4, Unknown: 5 } as const;
export type Time = (typeof Time)[keyof typeof Time];

/** Numbers of a row, of which {@link Time} uses the first. A row is one stretch of memory. */
const WIDTH = 8;
const USED = 6;

/** Rows of {@link ExecTimes}. */
export class TimesTable {
  #times = new Float64Array(64 * WIDTH);
  /** Keys are numbers of reasons. */
  readonly block = new KeyedTimes();
  /** Keys are numbers of range names. */
  readonly range = new KeyedTimes();

  /** Makes room for a row. */
  ensure(row: number): void {
    if (row * WIDTH >= this.#times.length) this.#times = grown(this.#times, (row + 1) * WIDTH);
    this.block.ensure(row);
    this.range.ensure(row);
  }

  get(row: number, time: Time): number {
    return this.#times[row * WIDTH + time] as number;
  }

  set(row: number, time: Time, value: number): void {
    this.#times[row * WIDTH + time] = value;
  }

  add(row: number, time: Time, value: number): void {
    const at = row * WIDTH + time;
    this.#times[at] = (this.#times[at] as number) + value;
  }

  clear(row: number): void {
    // Faster than `fill` for so few.
    for (let i = 0; i < USED; i++) this.#times[row * WIDTH + i] = 0;
    this.block.clear(row);
    this.range.clear(row);
  }

  /** Adds a row of another table, or of this one. */
  accumulate(row: number, other: TimesTable, otherRow: number): void {
    const to = this.#times;
    const from = other.#times;
    const at = row * WIDTH;
    const fromAt = otherRow * WIDTH;
    for (let i = 0; i < USED; i++) to[at + i] = (to[at + i] as number) + (from[fromAt + i] as number);
    this.block.accumulate(row, other.block, otherRow);
    this.range.accumulate(row, other.range, otherRow);
  }

  /** Makes a row equal to one of another table. */
  copy(row: number, other: TimesTable, otherRow: number): void {
    const to = this.#times;
    const from = other.#times;
    const at = row * WIDTH;
    const fromAt = otherRow * WIDTH;
    for (let i = 0; i < USED; i++) to[at + i] = from[fromAt + i] as number;
    this.block.copy(row, other.block, otherRow);
    this.range.copy(row, other.range, otherRow);
  }

  /** Subtracts a row of another table. */
  subtract(row: number, other: TimesTable, otherRow: number): void {
    const to = this.#times;
    const from = other.#times;
    const at = row * WIDTH;
    const fromAt = otherRow * WIDTH;
    for (let i = 0; i < USED; i++) to[at + i] = (to[at + i] as number) - (from[fromAt + i] as number);
    this.block.subtract(row, other.block, otherRow);
    this.range.subtract(row, other.range, otherRow);
  }

  /** Sets a row's unknown time from the others. */
  settle(row: number): void {
    let known = this.get(row, Time.Exec) + this.get(row, Time.SchedWait);
    known += this.get(row, Time.Syscall) + this.get(row, Time.SyscallBlocked);
    known += this.block.sum(row);
    this.set(row, Time.Unknown, Math.max(0, this.get(row, Time.Total) - known));
  }

  /** A row as an object. */
  read(row: number, reason: Naming, range: Naming): ExecTimes {
    return {
      total: this.get(row, Time.Total),
      exec: this.get(row, Time.Exec),
      schedWait: this.get(row, Time.SchedWait),
      syscall: this.get(row, Time.Syscall),
      syscallBlocked: this.get(row, Time.SyscallBlocked),
      block: named(this.block, row, reason),
      unknown: this.get(row, Time.Unknown),
      range: named(this.range, row, range),
    };
  }
}

/** A row's times by name, in the order of names, without zeros. */
function named(times: KeyedTimes, row: number, name: Naming): Record<string, number> {
  if (times.isEmpty(row)) return {};
  const byName = new Map<string, number>();
  times.forEach(row, (key, time) => {
    if (time !== 0) byName.set(name(key), (byName.get(name(key)) ?? 0) + time);
  });
  return Object.fromEntries([...byName].sort(([a], [b]) => (a < b ? -1 : 1)));
}
