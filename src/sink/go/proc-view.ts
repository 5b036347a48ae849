import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";
import { ProcStatus, type Resources } from "../../order/v2/scheduler-state.js";

/** Which thread has which P, by the events written so far: what Go's reader knows. */
export class ProcView {
  /** By slot of a P: its status, and the context of the thread that has it; 0 is none. */
  #status = new Uint8Array(16);
  #holder = new Int32Array(16);
  /** By context: P + 1; 0 is none. */
  #proc = new Int32Array(16);
  /** By context: slot of its P. */
  #slot = new Int32Array(16);

  /** The status of the P in a slot. */
  status(slot: number): number {
    return slot < this.#status.length ? (this.#status[slot] as number) : ProcStatus.Bad;
  }

  /** The context of the thread that has the P in a slot; 0 if none does. */
  holder(slot: number): number {
    return slot < this.#holder.length ? (this.#holder[slot] as number) : 0;
  }

  /** The P of a thread, or −1. */
  procOf(context: number): number {
    return context < this.#proc.length ? (this.#proc[context] as number) - 1 : NONE;
  }

  /** The slot of the P of a thread that has one. */
  slotOf(context: number): number {
    return this.#slot[context] as number;
  }

  /** Whether the thread has a P in a system call. */
  isInSyscall(context: number): boolean {
    return this.procOf(context) !== NONE && this.status(this.slotOf(context)) === ProcStatus.Syscall;
  }

  /** The thread has the P. */
  hold(context: number, proc: number, slot: number, status: number): void {
    if (context >= this.#proc.length) {
      this.#proc = grown(this.#proc, context + 1);
      this.#slot = grown(this.#slot, context + 1);
    }
    this.set(slot, status);
    this.#holder[slot] = context;
    this.#proc[context] = proc + 1;
    this.#slot[context] = slot;
  }

  /** Changes the status of the P in a slot, which keeps its thread. */
  set(slot: number, status: number): void {
    if (slot >= this.#status.length) {
      this.#status = grown(this.#status, slot + 1);
      this.#holder = grown(this.#holder, slot + 1);
    }
    this.#status[slot] = status;
  }

  /** No thread has the P in a slot any more. */
  free(slot: number, status: number): void {
    this.set(slot, status);
    const context = this.#holder[slot] as number;
    if (context > 0 && this.#slot[context] === slot) this.#proc[context] = 0;
    this.#holder[slot] = 0;
  }
}

/** The least id that no P has. */
export function unusedProc({ index }: Resources): number {
  let proc = 0;
  while (index.get(proc) >= 0) proc++;
  return proc;
}
