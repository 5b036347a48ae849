import type { SlotIndex } from "../../base/slot-index.js";
import type { EventBlock } from "../../event/block.js";
import { RangeNames, RangePhase, rangePhase } from "../../sched/ranges.js";
import { KeyedTimes } from "./keyed-times.js";
import type { TimesTable } from "./times-table.js";

/** Factor for the P's id in a number that also holds a name's number. */
const PROCS = 2 ** 32;

/**
 * Ranges of goroutines. As in Go's own summarizer, a range of a P (a sweep) counts for the goroutine on it, if that is
 * the same at the beginning and the end.
 */
export class GoroutineRanges {
  readonly names = new RangeNames();
  readonly #slots: SlotIndex;
  /** Since when, by slot and name. */
  readonly #since = new KeyedTimes();
  /** The goroutine on a P when its range began, by name and P. */
  readonly #onProc = new Map<number, number>();
  /** When the generation began. */
  #sync = 0;

  constructor(slots: SlotIndex) {
    this.#slots = slots;
  }

  /** A goroutine begins. */
  begin(slot: number): void {
    this.#since.ensure(slot);
    this.#since.clear(slot);
  }

  /** A generation begins. */
  sync(time: number): void {
    this.#sync = time;
  }

  /** Takes an event of a range; adds an ended range to the goroutine's row. */
  event(table: TimesTable, block: EventBlock, i: number): void {
    const name = this.names.of(block, i);
    const time = block.time[i] as number;
    const phase = rangePhase(block.kind[i] as number);
    const slot = this.#slotOf(name, block, i, phase);
    if (slot < 0) return;
    const since = this.#since.get(slot, name);
    if (phase === RangePhase.Begin) {
      this.#since.set(slot, name, time);
      return;
    }
    const until = phase === RangePhase.End ? time : this.#sync;
    if (since !== undefined) table.range.add(slot, name, until - since);
    if (phase === RangePhase.End) this.#since.delete(slot, name);
    else this.#since.set(slot, name, until);
  }

  /** Adds the time so far of a goroutine's open ranges. */
  count(table: TimesTable, row: number, slot: number, time: number): void {
    this.#since.forEach(slot, (name, since) => table.range.add(row, name, time - since));
  }

  /** The slot of the goroutine that a range counts for, or −1. */
  #slotOf(name: number, block: EventBlock, i: number, phase: number): number {
    const scope = this.names.scopes[name];
    const subject = block.subject[i] as number;
    if (scope === "goroutine") return this.#slots.get(subject);
    if (scope !== "proc") return -1;
    const goroutine = block.goroutine[i] as number;
    const key = name * PROCS + subject;
    const began = this.#onProc.get(key);
    if (phase === RangePhase.End) {
      this.#onProc.delete(key);
      return began === goroutine ? this.#slots.get(goroutine) : -1;
    }
    const slot = this.#slots.get(goroutine);
    if (slot >= 0) this.#onProc.set(key, goroutine);
    return slot;
  }
}
