import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";
import type { SlotIndex } from "../../base/slot-index.js";
import type { EventBlock } from "../../event/block.js";
import type { SchedModel } from "../../sched/model.js";
import { SchedState } from "../../sched/state.js";
import { GoroutineRanges } from "./goroutine-ranges.js";
import { SyscallTimes } from "./syscall-times.js";
import { plus, TimesTable } from "./times-table.js";

const { None, Runnable, Running, Waiting, Syscall, SyscallBlocked } = SchedState;

/** Times of live goroutines so far, by slot. */
export class GoroutineTimes {
  readonly table = new TimesTable();
  readonly ranges: GoroutineRanges;
  /** When the goroutine was created; 0 if before the trace. */
  created = new Float64Array(256);
  /** When it first ran; −1 before that. */
  started = new Float64Array(256);
  /** 1 from its end on, until the slot is reused. */
  ended = new Uint8Array(256).fill(1);
  readonly #model: SchedModel;
  readonly #syscalls: SyscallTimes;

  constructor(model: SchedModel, slots: SlotIndex) {
    this.#model = model;
    this.ranges = new GoroutineRanges(slots);
    this.#syscalls = new SyscallTimes(model);
  }

  /**
   * A goroutine leaves a state.
   * @param time when it appeared, if it is new
   * @param now time of the event
   */
  leave(slot: number, to: number, time: number, now: number): void {
    const state = this.#model.goroutines.state[slot] as number;
    if (state === None) this.#begin(slot, time);
    else if (!this.ended[slot]) this.#count(this.table, slot, slot, now, false);
    if (state === Syscall || state === SyscallBlocked) this.#syscalls.leave(slot, state, to);
  }

  /** It enters one. */
  enter(slot: number, from: number, now: number): void {
    const state = this.#model.goroutines.state[slot] as number;
    if (state === Running && this.started[slot] === NONE) this.started[slot] = now;
    if (state === Syscall || state === SyscallBlocked) this.#syscalls.enter(slot, from, state, now);
  }

  /** Takes an event of a range. */
  range(block: EventBlock, i: number): void {
    this.ranges.event(this.table, block, i);
  }

  /** Stores a goroutine's times so far in a row of a table. */
  snapshot(table: TimesTable, row: number, slot: number, now: number): void {
    table.ensure(row);
    table.clear(row);
    table.accumulate(row, this.table, slot);
    if (!this.ended[slot]) this.#countAll(table, row, slot, now, true);
  }

  /**
   * A goroutine or the trace ends.
   * @param open whether its state continues
   */
  end(slot: number, now: number, open: boolean): void {
    this.#countAll(this.table, slot, slot, now, open);
    this.table.settle(slot);
    this.ended[slot] = 1;
  }

  #begin(slot: number, time: number): void {
    this.#ensure(slot);
    this.table.clear(slot);
    this.ranges.begin(slot);
    this.#syscalls.begin(slot);
    this.created[slot] = time;
    this.started[slot] = NONE;
    this.ended[slot] = 0;
  }

  /** Adds what is still open. */
  #countAll(table: TimesTable, row: number, slot: number, now: number, open: boolean): void {
    if (open) this.#count(table, row, slot, now, true);
    this.ranges.count(table, row, slot, now);
    table.total[row] = now - (this.created[slot] as number);
  }

  /** Adds the time in the state that a goroutine is in. */
  #count(table: TimesTable, row: number, slot: number, now: number, open: boolean): void {
    const { state, since, reason } = this.#model.goroutines;
    const duration = now - (since[slot] as number);
    switch (state[slot]) {
      case Running:
        plus(table.exec, row, duration);
        break;
      case Runnable:
        plus(table.schedWait, row, duration);
        break;
      case Waiting:
        table.block.add(row, reason[slot] as number, duration);
        break;
      case Syscall:
      case SyscallBlocked:
        this.#syscalls.count(table, row, slot, now, open);
        break;
    }
  }

  #ensure(slot: number): void {
    this.table.ensure(slot);
    const { length } = this.created;
    if (slot < length) return;
    this.created = grown(this.created, slot + 1);
    this.started = grown(this.started, slot + 1);
    this.ended = grown(this.ended, slot + 1);
    this.ended.fill(1, length);
  }
}
