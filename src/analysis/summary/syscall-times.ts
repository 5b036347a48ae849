import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";
import { Edge, SchedState } from "../../sched/state.js";
import { ProcSlots } from "../proc-slots.js";
import { Time, type TimesTable } from "./times-table.js";

const { None, Syscall, SyscallBlocked } = SchedState;
/** "Not so", in columns of times. */
const NOT = -1;

/**
 * Splits the time in system calls as Go's own summarizer does, with its peculiarities:
 *
 * - A call without a P at the end of the trace counts as scheduling wait since the loss of the P. The whole
 *   call also counts as time with a P.
 * - A goroutine that appears in a call without a P counts as if it had one.
 * - The summarizer stores the goroutine in a call by P. A goroutine that returns clears the entry of its
 *   former P. If another goroutine is in a call with that P, its loss of the P goes unnoticed, and the whole
 *   call counts as with a P.
 */
export class SyscallTimes {
  /** By P: the goroutine in a call. */
  readonly #caller = new ProcSlots();
  /** By slot: the P with which the call began. */
  #proc = new Float64Array(256).fill(NONE);
  /** By slot: 1 if the loss of the P went unnoticed. */
  #unnoticed = new Uint8Array(256);
  /** By slot: when a goroutine that began without a P appeared, otherwise {@link NOT}. */
  #withoutProc = new Float64Array(256).fill(NOT);

  /** A goroutine begins. */
  begin(slot: number): void {
    this.#ensure(slot);
    this.#proc[slot] = NONE;
    this.#unnoticed[slot] = 0;
    this.#withoutProc[slot] = NOT;
  }

  /** A goroutine leaves a state of system calls. @param proc its P in that state */
  leave(slot: number, state: number, to: number, proc: number): void {
    if (state === Syscall && to === SyscallBlocked) this.#loseProc(slot, proc);
    else this.#comeBack(slot);
  }

  /** A goroutine enters a state of system calls. @param proc its P @param time time of the event */
  enter(slot: number, from: number, state: number, proc: number, time: number): void {
    if (state === Syscall) {
      this.#caller.set(proc, slot);
      this.#proc[slot] = proc;
    } else if (from === None) this.#withoutProc[slot] = time;
  }

  /**
   * Adds the goroutine's time in a system call, which began at `since`.
   * @param open whether the call continues: for a snapshot, or at the end of the trace
   */
  count(
    table: TimesTable,
    row: number,
    slot: number,
    state: number,
    since: number,
    sinceEdge: number,
    time: number,
    open: boolean,
  ): void {
    const first = this.#withoutProc[slot] as number;
    if (state === Syscall || this.#unnoticed[slot] === 1) table.add(row, Time.Syscall, time - since);
    else if (first !== NOT) {
      if (sinceEdge === Edge.Cut) table.add(row, Time.SyscallBlocked, first - since);
      table.add(row, Time.Syscall, time - first);
    } else if (open) {
      table.add(row, Time.SchedWait, time - since);
      table.add(row, Time.Syscall, time - since);
    } else table.add(row, Time.SyscallBlocked, time - since);
  }

  #loseProc(slot: number, proc: number): void {
    if (this.#caller.get(proc) === slot) this.#caller.set(proc, NONE);
    else this.#unnoticed[slot] = 1;
  }

  #comeBack(slot: number): void {
    this.#caller.set(this.#proc[slot] as number, NONE);
    this.#proc[slot] = NONE;
    this.#unnoticed[slot] = 0;
    this.#withoutProc[slot] = NOT;
  }

  #ensure(slot: number): void {
    const { length } = this.#proc;
    if (slot < length) return;
    this.#proc = grown(this.#proc, slot + 1);
    this.#unnoticed = grown(this.#unnoticed, slot + 1);
    this.#withoutProc = grown(this.#withoutProc, slot + 1);
  }
}
