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

/** Rows of {@link ExecTimes} in columns. */
export class TimesTable {
  total = new Float64Array(64);
  exec = new Float64Array(64);
  schedWait = new Float64Array(64);
  syscall = new Float64Array(64);
  syscallBlocked = new Float64Array(64);
  unknown = new Float64Array(64);
  /** Keys are numbers of reasons. */
  readonly block = new KeyedTimes();
  /** Keys are numbers of range names. */
  readonly range = new KeyedTimes();

  /** Makes room for a row. */
  ensure(row: number): void {
    if (row >= this.total.length) this.#grow(row + 1);
    this.block.ensure(row);
    this.range.ensure(row);
  }

  clear(row: number): void {
    this.total[row] = 0;
    this.exec[row] = 0;
    this.schedWait[row] = 0;
    this.syscall[row] = 0;
    this.syscallBlocked[row] = 0;
    this.unknown[row] = 0;
    this.block.clear(row);
    this.range.clear(row);
  }

  /** Adds a row of another table, or of this one, times a factor. */
  accumulate(row: number, other: TimesTable, otherRow: number, factor = 1): void {
    plus(this.total, row, factor * (other.total[otherRow] as number));
    plus(this.exec, row, factor * (other.exec[otherRow] as number));
    plus(this.schedWait, row, factor * (other.schedWait[otherRow] as number));
    plus(this.syscall, row, factor * (other.syscall[otherRow] as number));
    plus(this.syscallBlocked, row, factor * (other.syscallBlocked[otherRow] as number));
    plus(this.unknown, row, factor * (other.unknown[otherRow] as number));
    this.block.accumulate(row, other.block, otherRow, factor);
    this.range.accumulate(row, other.range, otherRow, factor);
  }

  /** Sets a row's unknown time from the others. */
  settle(row: number): void {
    let known = (this.exec[row] as number) + (this.schedWait[row] as number);
    known += (this.syscall[row] as number) + (this.syscallBlocked[row] as number);
    this.block.forEach(row, (_reason, time) => {
      known += time;
    });
    this.unknown[row] = Math.max(0, (this.total[row] as number) - known);
  }

  /** A row as an object. */
  read(row: number, reason: Naming, range: Naming): ExecTimes {
    return {
      total: this.total[row] as number,
      exec: this.exec[row] as number,
      schedWait: this.schedWait[row] as number,
      syscall: this.syscall[row] as number,
      syscallBlocked: this.syscallBlocked[row] as number,
      block: named(this.block, row, reason),
      unknown: this.unknown[row] as number,
      range: named(this.range, row, range),
    };
  }

  #grow(length: number): void {
    this.total = grown(this.total, length);
    this.exec = grown(this.exec, length);
    this.schedWait = grown(this.schedWait, length);
    this.syscall = grown(this.syscall, length);
    this.syscallBlocked = grown(this.syscallBlocked, length);
    this.unknown = grown(this.unknown, length);
  }
}

/** Adds to an entry of a column. */
export function plus(column: Float64Array, row: number, value: number): void {
  column[row] = (column[row] as number) + value;
}

/** A row's times by name, in the order of names, without zeros. */
function named(times: KeyedTimes, row: number, name: Naming): Record<string, number> {
  const byName = new Map<string, number>();
  times.forEach(row, (key, time) => {
    if (time !== 0) byName.set(name(key), (byName.get(name(key)) ?? 0) + time);
  });
  return Object.fromEntries([...byName].sort(([a], [b]) => (a < b ? -1 : 1)));
}
