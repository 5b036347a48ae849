import { NONE } from "../../base/ids.js";
import { EventKind } from "../../event/kind.js";
import { SpecialProc } from "../../event/special-procs.js";
import { GoState } from "../../event/states.js";
import { wireType } from "../../wire/v1/spec.js";
import type { Emulator, Handler } from "./emulator.js";
import { Assists, WaitsFor } from "./goroutine-states.js";
import { checkIsProc, takeProc } from "./proc-events.js";
import { NO_GOROUTINE } from "./stream-cursor.js";
import { Status } from "./transitions.js";

const GO_BLOCK_NET = wireType("GoBlockNet");
const GO_START_LABEL = wireType("GoStartLabel");
const RUNTIME_MAIN = "runtime.main";
const MAIN = "main.main";
/** Formats before 1.7 have no sequence numbers. */
const BEFORE_SEQUENCES = 7;

/** A goroutine is created, or exists when the trace begins. */
export const goCreate: Handler = (e) => {
  const { goroutines } = e;
  const creator = e.cursor.goroutine;
  if (e.procGoroutine[e.stream] !== creator) {
    throw e.error("wrong-context", `P ${e.proc} does not run goroutine ${creator}, which creates another`);
  }
  if (creator !== NO_GOROUTINE) goroutines.require(creator, Status.Running);
  const goroutine = e.args[0] as number;
  const slot = goroutines.add(goroutine);
  const hasStacks = e.trace.minor >= BEFORE_SEQUENCES;
  const start = hasStacks ? e.stack(1) : e.trace.stacks.ofStart(e.args[1] as number);
  if (e.isInitial) {
    goroutines.isUnannounced[slot] = 1;
    goroutines.startStack[slot] = asInStacks(e, start);
    goroutines.assists[slot] = Assists.MayDo;
    return;
  }
  goroutines.isCreated[slot] = 1;
  // The next event puts the goroutine into a system call.
  if (e.salvages && e.fromC.inSyscall.has(goroutine)) {
    e.goroutine = goroutine;
    createInSyscall(e, slot);
    return;
  }
  e.ended.delete(goroutine);
  const i = e.emitGoroutine(EventKind.GoCreate, goroutine, slot);
  e.block.subjectStack[i] = start;
  e.block.stack[i] = e.stack(2);
};

/**
 * The stack of a start function; 0 if there is none, as for the goroutine that is kept for a call from C. The
 * main goroutine's start function is missing from its other stacks: their root is the function that it calls.
 */
function asInStacks({ trace: { stacks } }: Emulator, start: number): number {
  const func = stacks.startFunction(start);
  if (func === RUNTIME_MAIN) return stacks.renamedRoot(start, MAIN);
  return func === "" ? 0 : start;
}

/** A goroutine waits when the trace begins. */
export const goWaiting: Handler = (e) => waitAtStart(e, GoState.Waiting);
/**
 * A goroutine is in a system call when the trace begins, or was created for a thread of C and emitted in that
 * call.
 */
export const goInSyscall: Handler = (e) => {
  if (!e.uncalled.has(e.goroutine)) waitAtStart(e, GoState.Syscall);
};

function waitAtStart(e: Emulator, to: number): void {
  const slot = e.goroutines.require(e.goroutine, Status.Runnable);
  if (e.salvages && e.goroutines.isUnannounced[slot] !== 1)
    throw e.error("inconsistent-state", `goroutine ${e.goroutine} was not there when the trace began`);
  e.goroutines.status[slot] = Status.Waiting;
  e.goroutines.waitsFor[slot] = to === GoState.Syscall ? WaitsFor.Syscall : WaitsFor.Others;
  // The P that starts the trace writes the event. Its thread is not the goroutine's.
  e.thread = NONE;
  announce(e, e.goroutine, slot, to);
}

/**
 * Emits the status of a goroutine that existed when the trace began. A goroutine that has ended exists again.
 */
export function announce(e: Emulator, goroutine: number, slot: number, to: number): void {
  e.goroutines.isUnannounced[slot] = 0;
  if (e.ended.delete(goroutine)) {
    recreate(e, goroutine, slot, to);
    return;
  }
  const i = e.emitGoroutine(EventKind.GoStatus, goroutine, slot);
  e.block.from[i] = GoState.Undetermined;
  e.block.to[i] = to;
  e.block.stack[i] = e.goroutines.startStack[slot] as number;
}

/**
 * In a damaged trace, a goroutine that is known to have ended cannot have existed since before that. Nobody is known to
 * have created it again.
 */
function recreate(e: Emulator, goroutine: number, slot: number, to: number): void {
  const { startStack } = e.goroutines;
  const kind =
    to === GoState.Waiting
      ? EventKind.GoCreateBlocked
      : to === GoState.Syscall
        ? EventKind.GoCreateSyscall
        : EventKind.GoCreate;
  const { goroutine: current } = e;
  e.goroutine = NONE;
  const i = e.emitGoroutine(kind, goroutine, slot);
  e.goroutine = current;
  e.block.subjectStack[i] = startStack[slot] as number;
  e.block.stack[i] = 0;
  if (to === GoState.Running) e.emitGoroutine(EventKind.GoStart, goroutine, slot);
}

/** Emits the status of a goroutine from before the trace that neither waits nor runs, on no thread. */
export function announceRunnable(e: Emulator, id: number): void {
  const { thread, proc, goroutine } = e;
  e.thread = NONE;
  e.proc = NONE;
  e.goroutine = NONE;
  announce(e, id, e.goroutines.index.get(id), GoState.Runnable);
  e.thread = thread;
  e.proc = proc;
  e.goroutine = goroutine;
}

/** A goroutine starts to run, perhaps with a label. */
export const goStart: Handler = (e) => {
  const other = e.procGoroutine[e.stream] as number;
  if (other !== NO_GOROUTINE) throw e.error("wrong-context", `P ${e.proc} runs goroutine ${other} already`);
  if (e.salvages && e.procRuns[e.stream] === 0)
    throw e.error("inconsistent-state", `P ${e.proc} does not run`);
  if (e.fromC.uncreated?.has(e.goroutine) && e.goroutines.index.get(e.goroutine) < 0) startFromC(e);
  else if (e.uncalled.delete(e.goroutine)) endSyscall(e);
  const slot = e.goroutines.require(e.goroutine, Status.Runnable);
  e.goroutines.status[slot] = Status.Running;
  e.procGoroutine[e.stream] = e.goroutine;
  e.goroutines.stream[slot] = e.stream;
  if (e.goroutines.isUnannounced[slot] === 1) announce(e, e.goroutine, slot, GoState.Running);
  else e.emitGoroutine(EventKind.GoStart, e.goroutine, slot);
  if (e.cursor.type === GO_START_LABEL) emitLabel(e, slot);
};

/** The name of a label is missing only in a broken trace. */
function emitLabel(e: Emulator, slot: number): void {
  const label = e.string(2);
  if (label > 0 || !e.salvages) e.block.name[e.emitGoroutine(EventKind.GoLabel, e.goroutine, slot)] = label;
}

/** The running goroutine ends. */
export const goEnd: Handler = (e) => {
  const slot = e.requireRunning();
  if (e.salvages && (e.goroutines.assists[slot] === Assists.Yes || stopsWorld(e)))
    throw e.error("range-mismatch", `goroutine ${e.goroutine} ends within a range`);
  e.procGoroutine[e.stream] = NO_GOROUTINE;
  e.emitGoroutine(EventKind.GoDestroy, e.goroutine, slot);
  e.goroutines.delete(e.goroutine);
  if (e.isInitial || e.repairs) e.ended.add(e.goroutine);
};

/** Whether the current goroutine has stopped the world. */
export function stopsWorld(e: Emulator): boolean {
  return e.stopped > 0 && e.stopper === e.goroutine;
}

/** The running goroutine starts to wait. The type of the event is the reason. */
export const goBlock: Handler = (e) => {
  const slot = stop(e, Status.Waiting);
  e.goroutines.waitsFor[slot] = e.cursor.type === GO_BLOCK_NET ? WaitsFor.Network : WaitsFor.Others;
  emitStop(e, EventKind.GoBlock, slot);
};

/** The running goroutine blocks forever. */
export const goStopForever: Handler = (e) => emitStop(e, EventKind.GoBlock, stop(e, Status.Dead));

/** The running goroutine yields or is preempted. */
export const goStop: Handler = (e) => emitStop(e, EventKind.GoStop, stop(e, Status.Runnable));

function stop(e: Emulator, status: number): number {
  const slot = e.requireRunning();
  e.goroutines.status[slot] = status;
  e.procGoroutine[e.stream] = NO_GOROUTINE;
  return slot;
}

function emitStop(e: Emulator, kind: EventKind, slot: number): void {
  const i = e.emitGoroutine(kind, e.goroutine, slot);
  e.block.name[i] = e.reasons[e.cursor.type] as number;
  e.block.stack[i] = e.stack(0);
}

/** A waiting goroutine becomes runnable. */
export const goUnblock: Handler = (e) => unblock(e, e.trace.minor < BEFORE_SEQUENCES ? 1 : 2);
export const goUnblockLocal: Handler = (e) => unblock(e, 1);

/** @param stack number of the stack argument */
function unblock(e: Emulator, stack: number): void {
  const { goroutines } = e;
  const isTimer = e.trace.timers.has(e.cursor.goroutine);
  if (e.goroutine !== NONE) goroutines.require(e.goroutine, Status.Running);
  if (!isTimer && e.procGoroutine[e.stream] !== e.cursor.goroutine)
    throw e.error("wrong-context", `P ${e.proc} does not run goroutine ${e.cursor.goroutine}`);
  const goroutine = e.args[0] as number;
  const slot = goroutines.require(goroutine, Status.Waiting);
  if (e.salvages && goroutines.waitsFor[slot] === WaitsFor.Syscall)
    throw e.error("inconsistent-state", `goroutine ${goroutine} is in a system call`);
  if (goroutines.waitsFor[slot] === WaitsFor.Network) e.moveTo(SpecialProc.Netpoll);
  else if (isTimer) e.moveTo(SpecialProc.Timer);
  goroutines.status[slot] = Status.Runnable;
  goroutines.waitsFor[slot] = WaitsFor.Others;
  e.block.stack[e.emitGoroutine(EventKind.GoUnblock, goroutine, slot)] = e.stack(stack);
}

/**
 * The running goroutine enters a system call. If it keeps its P, the trace lacks the call's duration: the
 * call ends at once.
 */
export const shortSyscall: Handler = (e) => goSyscall(e, false);
export const blockingSyscall: Handler = (e) => goSyscall(e, true);

function goSyscall(e: Emulator, blocks: boolean): void {
  const slot = e.requireRunning();
  e.block.stack[e.emitGoroutine(EventKind.GoSyscallBegin, e.goroutine, slot)] = e.stack(0);
  if (blocks) {
    e.goroutines.waitsFor[slot] = WaitsFor.Syscall;
    e.goroutines.syscallThread[slot] = e.thread;
  } else e.emitGoroutine(EventKind.GoSyscallEnd, e.goroutine, slot);
}

/** The goroutine in a system call loses its P, which stops. */
export const stoppingSysBlock: Handler = (e) => {
  const { waitsFor } = e.goroutines;
  if (e.salvages && waitsFor[e.requireRunning()] !== WaitsFor.Syscall)
    throw e.error("inconsistent-state", `goroutine ${e.goroutine} is not in a system call`);
  const slot = stop(e, Status.Waiting);
  waitsFor[slot] = WaitsFor.Syscall;
  e.procLostTo[e.stream] = e.goroutine;
  e.goroutines.lostStream[slot] = e.stream;
};

/**
 * Likewise, but another thread takes the P when its own system call ends. That thread is the one on which
 * that call began.
 */
export const takingSysBlock: Handler = (e) => {
  if (e.salvages) checkIsProc(e);
  stoppingSysBlock(e);
  const { index, waitsFor, syscallThread } = e.goroutines;
  const taker = index.get(e.taker);
  takeProc(e, taker >= 0 && waitsFor[taker] === WaitsFor.Syscall ? syscallThread[taker] : NONE);
};

/**
 * A system call ends after its P was lost. If the goroutine does not exist yet, it belongs to a thread
 * created by C.
 */
export const goSysExit: Handler = (e) => {
  if (e.salvages && e.goroutines.index.get(e.goroutine) < 0) callFromC(e);
  const slot = e.goroutines.require(e.goroutine, Status.Waiting);
  if (e.salvages && e.goroutines.waitsFor[slot] !== WaitsFor.Syscall)
    throw e.error("inconsistent-state", `goroutine ${e.goroutine} is not in a system call`);
  e.goroutines.status[slot] = Status.Runnable;
  e.goroutines.waitsFor[slot] = WaitsFor.Others;
  e.uncalled.delete(e.goroutine);
  e.moveTo(SpecialProc.Syscall);
  e.emitGoroutine(EventKind.GoSyscallEndBlocked, e.goroutine, slot);
};

/** A thread created by C calls into Go for the first time. Its goroutine has no start function. */
function callFromC(e: Emulator): void {
  createInSyscall(e, e.goroutines.add(e.goroutine));
}

function createInSyscall(e: Emulator, slot: number): void {
  e.goroutines.status[slot] = Status.Waiting;
  e.goroutines.waitsFor[slot] = WaitsFor.Syscall;
  e.uncalled.add(e.goroutine);
  e.moveTo(SpecialProc.Syscall);
  e.block.subjectStack[e.emitGoroutine(EventKind.GoCreateSyscall, e.goroutine, slot)] = 0;
}

/** Likewise, without an event for the end of the system call. */
function startFromC(e: Emulator): void {
  const { thread, proc } = e;
  callFromC(e);
  goSysExit(e);
  e.thread = thread;
  e.proc = proc;
}

/** The current goroutine starts, so it is no longer in a system call. */
function endSyscall(e: Emulator): void {
  const { thread, proc } = e;
  if (e.goroutines.status[e.goroutines.index.get(e.goroutine)] === Status.Waiting) goSysExit(e);
  e.thread = thread;
  e.proc = proc;
}
