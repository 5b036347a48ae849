import { NONE } from "../../base/ids.js";
import { EventKind } from "../../event/kind.js";
import { ProcState } from "../../event/states.js";
import type { Emulator, Handler } from "./emulator.js";
import { WaitsFor } from "./goroutine-states.js";
import { NO_GOROUTINE } from "./stream-cursor.js";

/** A thread takes a P. */
export const procStart: Handler = (e) => {
  if (e.procRuns[e.stream] === 1) throw e.error("inconsistent-state", `P ${e.proc} runs already`);
  e.thread = e.args[0] as number;
  if (e.salvages) {
    checkIsProc(e);
    checkVacant(e);
    checkThread(e);
  }
  e.procRuns[e.stream] = 1;
  carry(e, e.thread);
  emitProc(e, EventKind.ProcStart, ProcState.Running);
};

/** Threads without a P share a stream. Go's reader does not check this. It happens in damaged traces. */
export function checkIsProc(e: Emulator): void {
  if (e.proc === NONE)
    throw e.error("wrong-context", "needs a P, but the events are those of threads without one");
}

/** Go's reader does not check this. It happens where events are missing. */
function checkVacant(e: Emulator): void {
  const runs = e.procGoroutine[e.stream] as number;
  if (runs !== NO_GOROUTINE)
    throw e.error("inconsistent-state", `P ${e.proc} starts, but runs goroutine ${runs}`);
}

/**
 * A thread may have another P only while that is being taken away. When the thread returns from a system call, it
 * may start the next P before the runtime's monitor has recorded that the last one was taken. In all other cases
 * events are missing.
 */
function checkThread(e: Emulator): void {
  const last = e.threadStreams.get(e.thread) ?? e.stream;
  if (last === e.stream || e.procRuns[last] === 0 || isBeingTaken(e, last)) return;
  if (e.isDamaged || !isTied(e, last))
    throw e.error("inconsistent-state", `thread ${e.thread} has another P already`);
}

/** Whether the next event of another stream has the time of the current one: the clock does not tell which was first. */
function isTied({ cursor, cursors }: Emulator, other: number): boolean {
  return cursors[other]?.peekTime() === cursor.time;
}

/** The streams of the Ps that run on a thread. */
export function streamsOf({ procRuns, procThread }: Emulator, thread: number): number[] {
  const streams: number[] = [];
  procThread.forEach((each, stream) => {
    if (each === thread && procRuns[stream] === 1) streams.push(stream);
  });
  return streams;
}

/** Whether the P of a stream is in a system call that will lose it, or is lost and has not stopped yet. */
export function isBeingTaken({ procGoroutine, procLostTo, goroutines }: Emulator, stream: number): boolean {
  const goroutine = procGoroutine[stream] as number;
  if (goroutine === NO_GOROUTINE) return procLostTo[stream] !== NO_GOROUTINE;
  return goroutines.waitsFor[goroutines.index.get(goroutine)] === WaitsFor.Syscall;
}

/** A thread gives up its P, or loses it. */
export const procStop: Handler = (e) => {
  if (e.salvages) checkIsProc(e);
  if (e.procRuns[e.stream] === 0) throw e.error("inconsistent-state", `P ${e.proc} does not run`);
  const goroutine = e.procGoroutine[e.stream] as number;
  if (goroutine !== NO_GOROUTINE)
    throw e.error("inconsistent-state", `P ${e.proc} stops while it runs goroutine ${goroutine}`);
  e.procRuns[e.stream] = 0;
  e.procLostTo[e.stream] = NO_GOROUTINE;
  emitProc(e, EventKind.ProcStop, ProcState.Idle);
  carry(e, NONE);
};

/** Makes the current P that of a thread; {@link NONE} if no thread is known. */
function carry({ procThread, threadStreams, stream }: Emulator, thread: number): void {
  const before = procThread[stream] as number;
  if (threadStreams.get(before) === stream) threadStreams.delete(before);
  procThread[stream] = thread;
  if (thread !== NONE) threadStreams.set(thread, stream);
}

/**
 * The first event of a P is its status. Apart from the P that starts the trace, a P does not run before its
 * first event.
 */
function emitProc(e: Emulator, kind: EventKind, state: number): void {
  const isFirst = e.procSeen[e.stream] === 0;
  e.procSeen[e.stream] = 1;
  const i = e.emit(isFirst ? EventKind.ProcStatus : kind, e.proc);
  if (!isFirst) return;
  e.block.from[i] = e.isInitial ? ProcState.Undetermined : ProcState.NotExist;
  e.block.to[i] = state;
}

/**
 * A thread takes the P of another thread in a system call, and continues with it at once.
 * @param by the thread; if unknown, events have no thread from here to the P's next stop
 */
export function takeProc(e: Emulator, by: number = NONE): void {
  const { thread } = e;
  e.goroutine = NONE;
  e.thread = NONE;
  const i = e.emit(EventKind.ProcSteal, e.proc);
  e.block.from[i] = ProcState.Running;
  e.block.to[i] = ProcState.Idle;
  e.block.value[i] = thread;
  carry(e, by);
  e.procLostTo[e.stream] = NO_GOROUTINE;
  e.thread = by;
  e.emit(EventKind.ProcStart, e.proc);
}
