import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";
import type { SlotIndex } from "../../base/slot-index.js";
import type { EventBlock } from "../../event/block.js";
import type { Changes } from "../../sched/changes.js";
import type { SchedModel } from "../../sched/model.js";
import { SchedState } from "../../sched/state.js";
import { GoroutineRanges } from "./goroutine-ranges.js";
import { SyscallTimes } from "./syscall-times.js";
import { Time, TimesTable } from "./times-table.js";

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
  readonly #syscalls = new SyscallTimes();

  constructor(model: SchedModel, slots: SlotIndex) {
    this.#model = model;
    this.ranges = new GoroutineRanges(slots);
  }

  /** A goroutine that neither begins nor ends changes its state. */
  change(changes: Changes, i: number): void {
    const now = changes.time[i] as number;
    this.leave(changes, i, now);
    this.enter(changes, i, now);
  }

  /** A goroutine leaves a state. @param now time of the event */
  leave(changes: Changes, i: number, now: number): void {
    const slot = changes.slot[i] as number;
    const state = changes.from[i] as number;
    if (state === None) {
      this.#begin(slot, changes.time[i] as number);
      return;
    }
    if (!this.ended[slot]) {
      const { reason, since, sinceEdge } = changes;
      const why = reason[i] as number;
      this.#count(this.table, slot, slot, state, since[i] as number, sinceEdge[i] as number, why, now, false);
    }
    if (state === Syscall || state === SyscallBlocked)
      this.#syscalls.leave(slot, state, changes.to[i] as number, changes.proc[i] as number);
  }

  /** It enters one. */
  enter(changes: Changes, i: number, now: number): void {
    const slot = changes.slot[i] as number;
    const state = changes.to[i] as number;
    if (state === Running) {
      if (this.started[slot] === NONE) this.started[slot] = now;
    } else if (state === Syscall || state === SyscallBlocked)
      this.#syscalls.enter(slot, changes.from[i] as number, state, changes.toProc[i] as number, now);
  }

  /** Takes an event of a range. */
  range(block: EventBlock, i: number): void {
    this.ranges.event(this.table, block, i);
  }

  /** Stores a goroutine's times so far in a row of a table. */
  snapshot(table: TimesTable, row: number, slot: number, now: number): void {
    table.ensure(row);
    table.copy(row, this.table, slot);
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
    if (open) this.#countOpen(table, row, slot, now);
    this.ranges.count(table, row, slot, now);
    table.set(row, Time.Total, now - (this.created[slot] as number));
  }

  /** Adds the time so far in the state that a goroutine is in. */
  #countOpen(table: TimesTable, row: number, slot: number, now: number): void {
    const { state, since, sinceEdge, reason } = this.#model.goroutines;
    const edge = sinceEdge[slot] as number;
    const why = reason[slot] as number;
    this.#count(table, row, slot, state[slot] as number, since[slot] as number, edge, why, now, true);
  }

  /** Adds the time in a state. */
  #count(
    table: TimesTable,
    row: number,
    slot: number,
    state: number,
    since: number,
    sinceEdge: number,
    reason: number,
    now: number,
    open: boolean,
  ): void {
    switch (state) {
      case Running:
        table.add(row, Time.Exec, now - since);
        break;
      case Runnable:
        table.add(row, Time.SchedWait, now - since);
        break;
      case Waiting:
        table.block.add(row, reason, now - since);
        break;
      case Syscall:
      case SyscallBlocked:
        this.#syscalls.count(table, row, slot, state, since, sinceEdge, now, open);
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
