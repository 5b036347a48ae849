import type { EventBlock } from "../../src/event/block.js";
import { EVENT_KINDS, type EventKindInfo } from "../../src/event/kind.js";
import { stateAfter, stateBefore } from "./event-states.js";
import { SpanValidator } from "./validator-spans.js";
import {
  GO_NAMES,
  GO_TRANSITIONS,
  PROC_NAMES,
  PROC_TRANSITIONS,
  transitionProblems,
} from "./validator-transitions.js";

/** Numbers from here on are not those of Ps. */
const FIRST_SPECIAL_PROC = 1_000_000;
const MOST_PROBLEMS = 20;

interface Goroutine {
  state: string;
  /** The P that it runs on, or −1. */
  proc: number;
  slot: number;
  /** The thread on which it began its last system call, or −1. */
  caller: number;
}

interface Proc {
  state: string;
  thread: number;
  goroutine: number;
  /** Whether it was taken from a thread in a system call, by one that goes on with it. */
  isTaken: boolean;
}

/**
 * Checks that ordered events of a trace before Go 1.22 make sense, as `Validator` does for later ones: there Ps carry
 * goroutines, and threads are known only by which P they have. Shares no code with the ordering.
 */
export class V1Validator {
  readonly problems: string[] = [];
  events = 0;
  readonly #goroutines = new Map<number, Goroutine>();
  readonly #procs = new Map<number, Proc>();
  readonly #slots = new Map<number, number>();
  readonly #spans = new SpanValidator((problem) => this.#report(problem), true, false);
  #time = Number.NEGATIVE_INFINITY;
  #syncs = 0;
  #at = "";

  block(block: EventBlock): void {
    if (block.length === 0) this.#report("an empty block");
    for (let i = 0; i < block.length; i++) this.#event(block, i);
  }

  #report(problem: string): void {
    if (this.problems.length < MOST_PROBLEMS) this.problems.push(`${this.#at}: ${problem}`);
  }

  #event(block: EventBlock, i: number): void {
    const info = EVENT_KINDS[block.kind[i] as number] as EventKindInfo;
    const time = block.time[i] as number;
    this.#at = `event ${this.events++} (${info.name} at ${time})`;
    if (!(time > this.#time)) this.#report(`not later than ${this.#time}`);
    this.#time = time;
    if (info.class === "sync" && block.value[i] !== ++this.#syncs) this.#report(`sync ${block.value[i]}`);
    if (this.#syncs === 0) this.#report("before the first sync event");
    if (info.class === "goroutine") this.#goroutine(block, i, info.name);
    else if (info.class === "proc") this.#proc(block, i, info);
    else this.#other(block, i, info);
    this.#spans.checkTables(block, i, info);
  }

  #other(block: EventBlock, i: number, info: EventKindInfo): void {
    if (info.class !== "sample" && info.class !== "sync") this.#checkContext(block, i);
    this.#spans.event(block, i, info);
  }

  /** That a P has the thread and the goroutine of an event; of an event that is apart from its P, that it could be so. */
  #checkContext(block: EventBlock, i: number): void {
    const [thread, id, goroutine] = [block.thread[i], block.proc[i] as number, block.goroutine[i] as number];
    const proc = this.#procs.get(id);
    if (proc === undefined) {
      if (thread !== -1) this.#report(`on thread ${thread} without a P`);
      const by = this.#goroutines.get(goroutine);
      if (goroutine !== -1 && by?.state !== "Running")
        this.#report(`by goroutine ${goroutine}: ${by?.state}`);
      return;
    }
    if (proc.thread !== thread) this.#report(`on thread ${thread}, but P ${id} has ${proc.thread}`);
    if (proc.goroutine !== goroutine)
      this.#report(`on goroutine ${goroutine}, but P ${id} runs ${proc.goroutine}`);
  }

  #goroutine(block: EventBlock, i: number, kind: string): void {
    const id = block.subject[i] as number;
    const known = this.#goroutines.get(id);
    const from = GO_NAMES[stateBefore(block, i)] ?? "?";
    const to = GO_NAMES[stateAfter(block, i)] ?? "?";
    const step = { what: `goroutine ${id}`, known: known?.state, from, to };
    for (const problem of transitionProblems(step, GO_TRANSITIONS)) this.#report(problem);
    const slot = block.slot[i] as number;
    this.#checkSlot(id, slot, known);
    // What starts or is told to be there is given in its own context.
    const isStart = kind === "GoStart" || kind === "GoStatus";
    if (kind === "GoSyscallEndBlocked") this.#checkSpecial(block, i);
    else if (!isStart) this.#checkContext(block, i);
    const caller = kind === "GoSyscallBegin" ? (block.thread[i] as number) : (known?.caller ?? -1);
    const goroutine = { state: to, proc: known?.proc ?? -1, slot, caller };
    this.#goroutines.set(id, goroutine);
    if (to === "Running") this.#run(id, goroutine, block, i);
    else if (to !== "Syscall") this.#leave(id, goroutine);
    if (to !== "NotExist") return;
    this.#goroutines.delete(id);
    this.#slots.delete(slot);
    this.#spans.goroutineEnds(id);
  }

  #checkSlot(id: number, slot: number, known: Goroutine | undefined): void {
    if (known !== undefined && known.slot !== slot) this.#report(`slot ${slot} after ${known.slot}`);
    const holder = this.#slots.get(slot) ?? id;
    if (holder !== id) this.#report(`slot ${slot} is that of goroutine ${holder}`);
    this.#slots.set(slot, id);
  }

  #checkSpecial(block: EventBlock, i: number): void {
    if (block.thread[i] !== -1) this.#report(`on thread ${block.thread[i]}`);
    if ((block.proc[i] as number) < FIRST_SPECIAL_PROC) this.#report(`on P ${block.proc[i]}`);
    if (block.goroutine[i] !== block.subject[i]) this.#report(`on goroutine ${block.goroutine[i]}`);
  }

  #run(id: number, goroutine: Goroutine, block: EventBlock, i: number): void {
    const on = block.proc[i] as number;
    const proc = this.#procs.get(on);
    if (proc?.state !== "Running") this.#report(`runs on P ${on}: ${proc?.state}`);
    if (proc === undefined) return;
    if (proc.thread !== block.thread[i]) this.#report(`on thread ${block.thread[i]}, not ${proc.thread}`);
    if (proc.goroutine !== -1 && proc.goroutine !== id) this.#report(`P ${on} runs ${proc.goroutine}`);
    proc.goroutine = id;
    goroutine.proc = on;
  }

  #leave(id: number, goroutine: Goroutine): void {
    const proc = this.#procs.get(goroutine.proc);
    if (proc?.goroutine === id) proc.goroutine = -1;
    goroutine.proc = -1;
  }

  #proc(block: EventBlock, i: number, info: EventKindInfo): void {
    const id = block.subject[i] as number;
    const known = this.#procs.get(id);
    const from = PROC_NAMES[stateBefore(block, i)] ?? "?";
    const to = PROC_NAMES[stateAfter(block, i)] ?? "?";
    const step = { what: `P ${id}`, known: known?.state, from, to };
    for (const problem of transitionProblems(step, PROC_TRANSITIONS)) this.#report(problem);
    if (block.proc[i] !== id) this.#report(`on P ${block.proc[i]}`);
    const thread = block.thread[i] as number;
    const isTaken = info.name === "ProcSteal" || (known?.isTaken === true && to === "Running");
    if (info.name === "ProcSteal") this.#checkSteal(id, known, block, i);
    else if (to === "Idle") this.#checkStop(id, known, thread);
    else if (known?.isTaken !== true) this.#checkFree(id, thread);
    else if (thread !== -1) this.#checkTaker(id, thread);
    this.#procs.set(id, {
      state: to,
      thread: to === "Running" ? thread : -1,
      goroutine: -1,
      isTaken: isTaken && to === "Idle",
    });
  }

  /** A thread takes the P of one in a system call, and goes on with it. */
  #checkSteal(id: number, known: Proc | undefined, block: EventBlock, i: number): void {
    if (block.thread[i] !== -1) this.#report(`P ${id} is stolen by thread ${block.thread[i]}`);
    if (known?.thread !== block.value[i]) this.#report(`P ${id} has thread ${known?.thread}`);
    this.#checkStop(id, known, known?.thread ?? -1);
    if (this.#goroutines.get(known?.goroutine ?? -1) === undefined)
      this.#report(`P ${id} is in no system call`);
  }

  /** Who goes on with a P is back from a system call, on the thread where it began that. */
  #checkTaker(id: number, thread: number): void {
    const isCaller = ({ state, caller }: Goroutine) => state === "Syscall" && caller === thread;
    if (![...this.#goroutines.values()].some(isCaller))
      this.#report(`P ${id} is stolen by thread ${thread}, which is in no system call`);
  }

  /** A thread has one P, but that it has lost another one to a system call may be told later. */
  #checkFree(id: number, thread: number): void {
    if (thread === -1) this.#report(`P ${id} runs on no thread`);
    for (const [other, { thread: holder, goroutine }] of this.#procs) {
      const isLost = goroutine === -1 || this.#goroutines.get(goroutine)?.state === "Syscall";
      if (other !== id && holder === thread && !isLost) this.#report(`thread ${thread} has P ${other}`);
    }
  }

  /** A P stops with no goroutine, or with one in a system call, which loses it. */
  #checkStop(id: number, known: Proc | undefined, thread: number): void {
    if (known === undefined) return;
    if (known.thread !== thread) this.#report(`P ${id} has thread ${known.thread}, not ${thread}`);
    const carried = this.#goroutines.get(known.goroutine);
    if (carried === undefined) return;
    if (carried.state !== "Syscall")
      this.#report(`P ${id} stops under goroutine ${known.goroutine}: ${carried.state}`);
    carried.proc = -1;
  }
}
