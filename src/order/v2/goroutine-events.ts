import { NONE } from "../../base/ids.js";
import { EventKind } from "../../event/kind.js";
import { GoState } from "../../event/states.js";
import { wireType } from "../../wire/v2/spec.js";
import { type Emulator, type Handler, Need, Verdict } from "./emulator.js";
import { emitSteal } from "./proc-events.js";
import { GO_STATUS_NAMES, GoStatus, ProcStatus } from "./scheduler-state.js";

const GO_SWITCH = wireType("GoSwitch");

const PUBLIC_STATE = [
  GoState.Undetermined,
  GoState.Runnable,
  GoState.Running,
  GoState.Syscall,
  GoState.Waiting,
] as const;

/** A goroutine's status at the start of a generation, with or without a stack. */
export const goStatus: Handler = (e) => restate(e, 0);
export const goStatusStack: Handler = (e) => restate(e, e.stack(3));

function restate(e: Emulator, stack: number): Verdict {
  const goroutine = e.args[0] as number;
  const status = e.args[2] as number;
  const to = PUBLIC_STATE[status];
  if (to === undefined) throw e.error("invalid-status", `status ${status} of goroutine ${goroutine}`);
  const from = isKnown(e, goroutine, status) ? to : GoState.Undetermined;
  if (status === GoStatus.Running) {
    // Go's reader accepts the same goroutine on two threads.
    const carried = from === GoState.Undetermined ? NONE : goroutine;
    if (e.report !== undefined && e.goroutine !== carried) throw otherGoroutine(e, goroutine, e.goroutine);
    e.nextGoroutine = goroutine;
  }
  if (status === GoStatus.Syscall) bindToThread(e, goroutine, e.args[1] as number);
  const slot = keepStatus(e, goroutine, status);
  const i = e.emitGoroutine(EventKind.GoStatus, goroutine, slot);
  e.block.from[i] = from;
  e.block.to[i] = to;
  e.block.stack[i] = stack;
  return Verdict.Advanced;
}

/** Checks a goroutine's status. Returns false if the goroutine was unknown before. */
function isKnown(e: Emulator, goroutine: number, status: number): boolean {
  const { goroutines } = e;
  const slot = goroutines.index.get(goroutine);
  if (slot < 0) {
    if (!e.isInitial) {
      throw e.error(
        "unknown-resource",
        `status of goroutine ${goroutine}, which no earlier generation knows`,
      );
    }
    if (e.ended.has(goroutine))
      throw e.error("inconsistent-state", `status of goroutine ${goroutine}, which has ended`);
    return false;
  }
  const known = goroutines.status[slot] as number;
  if (known !== status) {
    const names = `${GO_STATUS_NAMES[known]}, now ${GO_STATUS_NAMES[status]}`;
    throw e.error("inconsistent-state", `goroutine ${goroutine} was ${names}`);
  }
  return true;
}

/** Stores a checked status. Returns the goroutine's slot. */
function keepStatus(e: Emulator, goroutine: number, status: number): number {
  const { goroutines, threads } = e;
  const known = goroutines.index.get(goroutine);
  if (known >= 0) {
    goroutines.sequence[known] = e.sequenceBase;
    return known;
  }
  const slot = goroutines.addGoroutine(goroutine, status, e.sequenceBase, false);
  // The thread in the status may have had no event yet.
  if (status === GoStatus.Syscall && e.thread !== threads.thread[e.context])
    threads.slot[threads.of(e.thread)] = slot;
  return slot;
}

/** Finds the thread on which a goroutine is in a system call. It may differ from the thread of the event. */
function bindToThread(e: Emulator, goroutine: number, thread: number): void {
  const { threads } = e;
  if (thread === NONE)
    throw e.error("inconsistent-state", `goroutine ${goroutine} in a system call on no thread`);
  if (thread === e.thread) {
    // In the first generation, Go's reader lets a thread drop the goroutine that it runs.
    const isDropped = e.report !== undefined && e.goroutine !== NONE;
    if ((!e.isInitial || isDropped) && e.goroutine !== goroutine)
      throw otherGoroutine(e, goroutine, e.goroutine);
    e.nextGoroutine = goroutine;
    return;
  }
  // The goroutine has been in the system call for a whole generation, without a P: the runtime takes Ps back
  // at the start of a generation.
  const context = threads.of(thread);
  if (threads.seen[context]) {
    const carried = threads.goroutine[context] as number;
    if (carried !== goroutine) throw otherGoroutine(e, goroutine, carried);
    e.goroutine = goroutine;
  } else {
    threads.seen[context] = 1;
    threads.goroutine[context] = goroutine;
    threads.slot[context] = e.goroutines.index.get(goroutine);
    threads.proc[context] = NONE;
  }
  e.thread = thread;
  // The runtime writes this status without a P. If a thread writes the status of another, Go's reader reports
  // the writer's P.
  e.proc = NONE;
}

function otherGoroutine(e: Emulator, goroutine: number, carried: number): Error {
  return e.error("inconsistent-state", `goroutine ${goroutine}'s thread carries goroutine ${carried}`);
}

/** A goroutine is created: runnable, or waiting for coroutines. */
export const goCreate: Handler = (e) => create(e, EventKind.GoCreate, GoStatus.Runnable);
export const goCreateBlocked: Handler = (e) => create(e, EventKind.GoCreateBlocked, GoStatus.Waiting);

function create(e: Emulator, kind: EventKind, status: number): Verdict {
  e.require(Need.Must, Need.May);
  const { goroutines } = e;
  const creator = goroutines.index.get(e.goroutine);
  if (creator >= 0 && goroutines.status[creator] !== GoStatus.Running) {
    throw e.error("inconsistent-state", `goroutine ${e.goroutine} creates another without running`);
  }
  const slot = addGoroutine(e, status);
  const i = e.emitGoroutine(kind, e.args[0] as number, slot);
  e.block.subjectStack[i] = e.stack(1);
  e.block.stack[i] = e.stack(2);
  return Verdict.Advanced;
}

function addGoroutine(e: Emulator, status: number): number {
  const goroutine = e.args[0] as number;
  if (e.goroutines.index.get(goroutine) >= 0) {
    throw e.error("duplicate-resource", `goroutine ${goroutine} is there already`);
  }
  return e.goroutines.addGoroutine(goroutine, status, e.sequenceBase, true);
}

/** A goroutine appears in a system call: a C thread calls into Go. */
export const goCreateSyscall: Handler = (e) => {
  e.require(Need.May, Need.No);
  const slot = addGoroutine(e, GoStatus.Syscall);
  e.nextGoroutine = e.args[0] as number;
  e.emitGoroutine(EventKind.GoCreateSyscall, e.nextGoroutine, slot);
  return Verdict.Advanced;
};

/** A goroutine of a C thread disappears: the call from C ends, or its thread does. */
export const goDestroySyscall: Handler = (e) => {
  e.require(Need.May, Need.Must);
  const slot = requireStatus(e, GoStatus.Syscall);
  requireNoRanges(e, slot);
  if (e.proc !== NONE) abandonProc(e);
  e.endGoroutine(e.goroutine);
  e.nextGoroutine = NONE;
  e.emitGoroutine(EventKind.GoDestroySyscall, e.goroutine, slot);
  return Verdict.Advanced;
};

/**
 * The thread's P counts as lost too. The thread's id may soon belong to another thread, which could even take
 * this P "from itself".
 */
function abandonProc(e: Emulator): void {
  const slot = e.procs.index.get(e.proc);
  if (slot < 0) throw e.error("unknown-resource", `P ${e.proc} is not known`);
  if (e.procs.status[slot] !== ProcStatus.Syscall) {
    throw e.error("inconsistent-state", `P ${e.proc} is not in a system call`);
  }
  e.procs.status[slot] = ProcStatus.SyscallAbandoned;
  e.nextProc = NONE;
  emitSteal(e, e.proc, 0, false);
}

/** A runnable goroutine starts to run. */
export const goStart: Handler = (e) => {
  const { goroutines } = e;
  const goroutine = e.args[0] as number;
  const slot = goroutines.index.get(goroutine);
  if (slot < 0 || goroutines.status[slot] !== GoStatus.Runnable) return Verdict.NotYet;
  const sequence = e.sequence(1);
  if (sequence !== (goroutines.sequence[slot] as number) + 1) return Verdict.NotYet;
  e.require(Need.Must, Need.No);
  goroutines.status[slot] = GoStatus.Running;
  goroutines.sequence[slot] = sequence;
  e.nextGoroutine = goroutine;
  e.emitGoroutine(EventKind.GoStart, goroutine, slot);
  return Verdict.Advanced;
};

/** The running goroutine ends. */
export const goDestroy: Handler = (e) => {
  const slot = requireRunning(e);
  requireNoRanges(e, slot);
  e.endGoroutine(e.goroutine);
  e.nextGoroutine = NONE;
  e.emitGoroutine(EventKind.GoDestroy, e.goroutine, slot);
  return Verdict.Advanced;
};

/** The running goroutine yields or is preempted. */
export const goStop: Handler = (e) => stopRunning(e, EventKind.GoStop, GoStatus.Runnable);

/** The running goroutine starts to wait. */
export const goBlock: Handler = (e) => stopRunning(e, EventKind.GoBlock, GoStatus.Waiting);

function stopRunning(e: Emulator, kind: EventKind, status: number): Verdict {
  const slot = requireRunning(e);
  e.goroutines.status[slot] = status;
  e.nextGoroutine = NONE;
  const i = e.emitGoroutine(kind, e.goroutine, slot);
  e.block.name[i] = e.string(0);
  e.block.stack[i] = e.stack(1);
  return Verdict.Advanced;
}

/** A waiting goroutine becomes runnable. Any context may do this, even one without a thread. */
export const goUnblock: Handler = (e) => {
  const { goroutines } = e;
  const goroutine = e.args[0] as number;
  const slot = goroutines.index.get(goroutine);
  if (slot < 0 || goroutines.status[slot] !== GoStatus.Waiting) return Verdict.NotYet;
  const sequence = e.sequence(1);
  if (sequence !== (goroutines.sequence[slot] as number) + 1) return Verdict.NotYet;
  goroutines.status[slot] = GoStatus.Runnable;
  goroutines.sequence[slot] = sequence;
  e.block.stack[e.emitGoroutine(EventKind.GoUnblock, goroutine, slot)] = e.stack(2);
  return Verdict.Advanced;
};

/** A coroutine switch: wakes the next goroutine, stops or ends the running one, starts the next. */
export const goSwitch: Handler = (e) => {
  const { goroutines } = e;
  const current = requireRunning(e);
  const next = e.args[0] as number;
  const slot = goroutines.index.get(next);
  if (slot < 0 || goroutines.status[slot] !== GoStatus.Waiting) return Verdict.NotYet;
  const sequence = e.sequence(1);
  if (sequence !== (goroutines.sequence[slot] as number) + 1) return Verdict.NotYet;
  if (e.raw.type !== GO_SWITCH) requireNoRanges(e, current);
  e.emitGoroutine(EventKind.GoSwitch, next, slot);
  if (e.raw.type === GO_SWITCH) {
    goroutines.status[current] = GoStatus.Waiting;
    const i = e.emitGoroutine(EventKind.GoBlock, e.goroutine, current);
    e.block.name[i] = 0;
    e.block.stack[i] = 0;
  } else {
    e.endGoroutine(e.goroutine);
    e.emitGoroutine(EventKind.GoDestroy, e.goroutine, current);
  }
  goroutines.status[slot] = GoStatus.Running;
  goroutines.sequence[slot] = sequence;
  e.nextGoroutine = next;
  e.goroutine = NONE;
  e.emitGoroutine(EventKind.GoStart, next, slot);
  return Verdict.Advanced;
};

/** The running goroutine enters a system call. It keeps its P until another thread takes it. */
export const goSyscallBegin: Handler = (e) => {
  const slot = requireRunning(e);
  const proc = e.procs.index.get(e.proc);
  if (proc < 0) throw e.error("unknown-resource", `P ${e.proc} is not known`);
  // The P's sequence number tells which system call a later steal refers to. A running P cannot be out of
  // sequence.
  const sequence = e.sequence(0);
  if (sequence !== (e.procs.sequence[proc] as number) + 1) {
    throw e.error("wrong-sequence", `P ${e.proc}'s sequence number is not the next one`);
  }
  e.goroutines.status[slot] = GoStatus.Syscall;
  e.procs.status[proc] = ProcStatus.Syscall;
  e.procs.sequence[proc] = sequence;
  e.block.stack[e.emitGoroutine(EventKind.GoSyscallBegin, e.goroutine, slot)] = e.stack(1);
  return Verdict.Advanced;
};

/** A system call ends and the goroutine still has its P. */
export const goSyscallEnd: Handler = (e) => {
  e.require(Need.Must, Need.Must);
  const slot = requireStatus(e, GoStatus.Syscall);
  const proc = e.procs.index.get(e.proc);
  if (proc < 0) throw e.error("unknown-resource", `P ${e.proc} is not known`);
  if (e.procs.status[proc] !== ProcStatus.Syscall) {
    throw e.error("inconsistent-state", `P ${e.proc} is not in a system call`);
  }
  e.goroutines.status[slot] = GoStatus.Running;
  e.procs.status[proc] = ProcStatus.Running;
  e.emitGoroutine(EventKind.GoSyscallEnd, e.goroutine, slot);
  return Verdict.Advanced;
};

/** A system call ends after the P was lost. The loss must come first. */
export const goSyscallEndBlocked: Handler = (e) => {
  if (e.proc !== NONE) {
    const proc = e.procs.index.get(e.proc);
    if (proc < 0) throw e.error("unknown-resource", `P ${e.proc} is not known`);
    if (e.procs.status[proc] === ProcStatus.Syscall) return Verdict.NotYet;
  }
  e.require(Need.May, Need.Must);
  const slot = requireStatus(e, GoStatus.Syscall);
  e.goroutines.status[slot] = GoStatus.Runnable;
  e.nextGoroutine = NONE;
  e.emitGoroutine(EventKind.GoSyscallEndBlocked, e.goroutine, slot);
  return Verdict.Advanced;
};

/** Slot of the context's goroutine. Throws unless it runs on a P. */
export function requireRunning(e: Emulator): number {
  e.require(Need.Must, Need.Must);
  return requireStatus(e, GoStatus.Running);
}

/** A goroutine that ends must have ended its runtime ranges. Go's reader does not check this. */
function requireNoRanges(e: Emulator, slot: number): void {
  if (e.report !== undefined && e.goroutines.hasRanges(slot))
    throw e.error("range-mismatch", `goroutine ${e.goroutine} ends while it is at work for the runtime`);
}

function requireStatus(e: Emulator, status: number): number {
  const slot = e.goroutines.index.get(e.goroutine);
  if (slot < 0) throw e.error("unknown-resource", `goroutine ${e.goroutine} is not known`);
  const known = e.goroutines.status[slot] as number;
  if (known !== status) {
    const names = `${GO_STATUS_NAMES[known]}, not ${GO_STATUS_NAMES[status]}`;
    throw e.error("inconsistent-state", `goroutine ${e.goroutine} is ${names}`);
  }
  return slot;
}
