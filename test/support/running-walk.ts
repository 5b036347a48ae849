import type { EventBlock } from "../../src/event/block.js";
import { EVENT_KINDS } from "../../src/event/kind.js";
import { GoState, ProcState } from "../../src/event/states.js";
import { stateAfter, stateBefore } from "./event-states.js";

/** A goroutine that is running or in a system call. */
interface OnThread {
  /** The P it has, or −1. */
  proc: number;
  /** Since when it has it, or does without. */
  since: number;
  /** The P with which Go's summarizer thinks its system call began; undefined outside of one. */
  goProc: number | undefined;
  /** When Go's summarizer saw it lose that P. */
  goLost: number | undefined;
}

/**
 * How long goroutines had a P, straight from the ordered events, without the scheduler model. Beside that, what Go's
 * summarizer makes of the time in system calls, since it does not always notice when the P is gone:
 * - not if the call began without one, or before the trace did;
 * - not if another goroutine came back from a call that began on the same P, when it forgets who else is there;
 * - and if the call is not over when the trace ends, it counts all of it as time with a P.
 */
export class RunningWalk {
  /** Nanoseconds with a P, by goroutine and by P. */
  readonly byGoroutine = new Map<number, number>();
  readonly byProc = new Map<number, number>();
  /** Nanoseconds in system calls without a P by goroutine (in its last life), and the part of it that Go's summarizer sees. */
  readonly withoutProc = new Map<number, number>();
  readonly seenWithoutProc = new Map<number, number>();
  /** Nanoseconds with a P in the current or last life: what comes from C is given the same id again and again. */
  readonly lastLife = new Map<number, number>();
  readonly #onThread = new Map<number, OnThread>();
  /** Who is in a system call with a P, by P; and who is in one by Go's summarizer. */
  readonly #holder = new Map<number, number>();
  readonly #goHolder = new Map<number, number>();
  #time = 0;

  block(block: EventBlock): void {
    for (let i = 0; i < block.length; i++) {
      this.#time = block.time[i] as number;
      const kind = EVENT_KINDS[block.kind[i] as number]?.class;
      const from = stateBefore(block, i);
      const to = stateAfter(block, i);
      if (from === to && kind !== "proc") continue;
      if (kind === "goroutine") this.#goroutine(block.subject[i] as number, from, to, procOf(block, i));
      else if (kind === "proc" && to === ProcState.Idle) this.#idle(block.subject[i] as number, from !== to);
    }
  }

  finish(): void {
    for (const id of this.#onThread.keys()) this.#account(id);
  }

  #goroutine(id: number, from: number, to: number, proc: number): void {
    if (from === GoState.NotExist)
      for (const times of [this.withoutProc, this.seenWithoutProc, this.lastLife]) times.delete(id);
    if (from === GoState.Syscall) this.#leaveSyscall(id);
    const onThread = to === GoState.Running || to === GoState.Syscall;
    if (!onThread) {
      this.#account(id);
      this.#free(id);
      this.#onThread.delete(id);
      return;
    }
    if (!this.#onThread.has(id)) this.#appear(id, from, proc);
    if (to === GoState.Syscall) this.#enterSyscall(id, from, proc);
  }

  #appear(id: number, from: number, proc: number): void {
    // What is in a state when it is first mentioned has been so since the trace began.
    const since = from === GoState.Undetermined ? 0 : this.#time;
    const has = from === GoState.NotExist ? -1 : proc;
    this.#onThread.set(id, { proc: has, since, goProc: undefined, goLost: undefined });
    if (has !== -1) this.#holder.set(has, id);
  }

  #enterSyscall(id: number, from: number, proc: number): void {
    const goroutine = this.#onThread.get(id) as OnThread;
    goroutine.goProc = proc;
    goroutine.goLost = undefined;
    this.#goHolder.set(proc, id);
    // Only up to here does the summarizer see that a call from before the trace has no P.
    if (from === GoState.Undetermined && proc === -1) add(this.seenWithoutProc, id, this.#time);
  }

  #leaveSyscall(id: number): void {
    const goroutine = this.#onThread.get(id) as OnThread;
    if (goroutine.goLost !== undefined) add(this.seenWithoutProc, id, this.#time - goroutine.goLost);
    if (goroutine.goProc !== undefined) this.#goHolder.delete(goroutine.goProc);
    goroutine.goProc = undefined;
  }

  /** A P becomes idle: who is in a system call with it goes on without. */
  #idle(proc: number, isNews: boolean): void {
    const id = this.#holder.get(proc);
    if (id !== undefined) {
      this.#account(id);
      this.#free(id);
    }
    const seen = isNews ? this.#goHolder.get(proc) : undefined;
    if (seen === undefined) return;
    (this.#onThread.get(seen) as OnThread).goLost = this.#time;
    this.#goHolder.delete(proc);
  }

  /** Adds the time up to now. */
  #account(id: number): void {
    const goroutine = this.#onThread.get(id);
    if (goroutine === undefined) return;
    const { proc, since } = goroutine;
    const duration = this.#time - since;
    if (proc === -1) add(this.withoutProc, id, duration);
    else {
      add(this.byGoroutine, id, duration);
      add(this.lastLife, id, duration);
      add(this.byProc, proc, duration);
    }
    goroutine.since = this.#time;
  }

  #free(id: number): void {
    const goroutine = this.#onThread.get(id);
    if (goroutine === undefined || goroutine.proc === -1) return;
    if (this.#holder.get(goroutine.proc) === id) this.#holder.delete(goroutine.proc);
    goroutine.proc = -1;
  }
}

/** The P of an event. What is told on no thread, as of all that is there when traces before Go 1.22 begin, has none. */
function procOf(block: EventBlock, i: number): number {
  const isTold = stateBefore(block, i) === GoState.Undetermined && block.thread[i] === -1;
  return isTold ? -1 : (block.proc[i] as number);
}

function add(times: Map<number, number>, key: number, time: number): void {
  times.set(key, (times.get(key) ?? 0) + time);
}
