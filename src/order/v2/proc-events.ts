import { NONE } from "../../base/ids.js";
import { EventKind } from "../../event/kind.js";
import { ProcState } from "../../event/states.js";
import { type Emulator, type Handler, Need, Verdict } from "./emulator.js";
import { PROC_STATUS_NAMES, ProcStatus } from "./scheduler-state.js";

/** The public state for each status. A P whose goroutine is in a system call counts as running. */
const PUBLIC_STATE = [
  ProcState.Undetermined,
  ProcState.Running,
  ProcState.Idle,
  ProcState.Running,
  ProcState.Idle,
] as const;

/** A P's status at the start of a generation. */
export const procStatus: Handler = (e) => {
  const proc = e.args[0] as number;
  const status = e.args[1] as number;
  const to = PUBLIC_STATE[status];
  if (to === undefined) throw e.error("invalid-status", `status ${status} of P ${proc}`);
  const slot = e.procs.index.get(proc);
  const isHeld = status === ProcStatus.Running || status === ProcStatus.Syscall;
  if (isHeld && e.report !== undefined && e.proc !== (slot < 0 ? NONE : proc))
    throw e.error("inconsistent-state", `P ${proc} is on a thread that has P ${e.proc}`);
  const from = slot < 0 ? addProc(e, proc, status) : restateProc(e, proc, slot, status);
  if (isHeld) take(e, proc);
  const promoted = status === ProcStatus.SyscallAbandoned && from === ProcState.Running;
  // The P is about to be stolen, so another thread writes its status. The event belongs to the thread that
  // holds the P.
  if (promoted) moveToHolder(e, proc);
  const i = e.emit(EventKind.ProcStatus, proc);
  e.block.from[i] = from;
  e.block.to[i] = promoted ? ProcState.Running : to;
  return Verdict.Advanced;
};

/** The current thread takes the P. */
function take(e: Emulator, proc: number): void {
  e.nextProc = proc;
  e.procs.take(proc, e.context);
}

function addProc(e: Emulator, proc: number, status: number): number {
  e.procs.add(proc, status, e.sequenceBase);
  return e.isInitial ? ProcState.Undetermined : ProcState.NotExist;
}

/** Checks a known P's status. Returns the state before it. */
function restateProc(e: Emulator, proc: number, slot: number, status: number): number {
  const known = e.procs.status[slot] as number;
  e.procs.sequence[slot] = e.sequenceBase;
  if (status === ProcStatus.SyscallAbandoned) {
    // "Abandoned" means that the thread may be lost. If the P is known to be in a system call, the thread is
    // not lost.
    if (known === ProcStatus.Syscall) return ProcState.Running;
    if (known === ProcStatus.SyscallAbandoned) return ProcState.Idle;
  }
  if (known !== status) {
    const names = `${PROC_STATUS_NAMES[known]}, now ${PROC_STATUS_NAMES[status]}`;
    throw e.error("inconsistent-state", `P ${proc} was ${names}`);
  }
  return PUBLIC_STATE[status] as number;
}

function moveToHolder(e: Emulator, proc: number): void {
  const { threads } = e;
  const context = e.procs.holderOf(proc, threads);
  if (context === NONE)
    throw e.error("inconsistent-state", `no thread has P ${proc}, which is about to be stolen`);
  e.thread = threads.thread[context] as number;
  e.proc = proc;
  e.goroutine = threads.goroutine[context] as number;
}

/** A thread takes an idle P. */
export const procStart: Handler = (e) => {
  const proc = e.args[0] as number;
  const slot = e.procs.index.get(proc);
  // A thread whose P is in a system call waits until that P is stolen.
  if (slot < 0 || e.procs.status[slot] !== ProcStatus.Idle || e.proc !== NONE) return Verdict.NotYet;
  const sequence = e.sequence(1);
  if (sequence !== (e.procs.sequence[slot] as number) + 1) return Verdict.NotYet;
  e.require(Need.No, Need.May);
  e.procs.status[slot] = ProcStatus.Running;
  e.procs.sequence[slot] = sequence;
  take(e, proc);
  e.emit(EventKind.ProcStart, proc);
  return Verdict.Advanced;
};

/** A thread gives up its P. */
export const procStop: Handler = (e) => {
  const slot = e.procs.index.get(e.proc);
  if (slot < 0) throw e.error("unknown-resource", `P ${e.proc} is not known`);
  const status = e.procs.status[slot];
  if (status !== ProcStatus.Running && status !== ProcStatus.Syscall) {
    throw e.error("inconsistent-state", `P ${e.proc} is neither running nor in a system call`);
  }
  e.require(Need.Must, Need.May);
  e.procs.status[slot] = ProcStatus.Idle;
  e.nextProc = NONE;
  e.emit(EventKind.ProcStop, e.proc);
  return Verdict.Advanced;
};

/** A P is taken from a thread in a system call. */
export const procSteal: Handler = (e) => {
  const proc = e.args[0] as number;
  const victim = e.args[2] as number;
  const slot = e.procs.index.get(proc);
  const status = slot < 0 ? ProcStatus.Bad : e.procs.status[slot];
  if (status !== ProcStatus.Syscall && status !== ProcStatus.SyscallAbandoned) return Verdict.NotYet;
  const sequence = e.sequence(1);
  if (sequence !== (e.procs.sequence[slot] as number) + 1) return Verdict.NotYet;
  e.require(Need.May, Need.May);
  // The thread of an abandoned P may have moved on, so its state is unknown.
  if (status === ProcStatus.Syscall) takeFrom(e, victim, proc);
  e.procs.status[slot] = ProcStatus.Idle;
  e.procs.sequence[slot] = sequence;
  emitSteal(e, proc, victim, status === ProcStatus.SyscallAbandoned);
  return Verdict.Advanced;
};

function takeFrom(e: Emulator, victim: number, proc: number): void {
  const { threads } = e;
  if (victim === e.thread) {
    if (e.proc !== proc)
      throw e.error("inconsistent-state", `thread ${victim} has P ${e.proc}, not P ${proc}`);
    e.nextProc = NONE;
    return;
  }
  const context = threads.of(victim);
  if (!threads.seen[context]) throw e.error("unknown-resource", `thread ${victim} is not known`);
  if (threads.proc[context] !== proc) {
    throw e.error("inconsistent-state", `thread ${victim} has P ${threads.proc[context]}, not P ${proc}`);
  }
  threads.proc[context] = NONE;
}

/** Emits a steal. An abandoned P is not known to have run. */
export function emitSteal(e: Emulator, proc: number, victim: number, abandoned: boolean): void {
  const i = e.emit(EventKind.ProcSteal, proc);
  e.block.from[i] = abandoned ? ProcState.Idle : ProcState.Running;
  e.block.to[i] = ProcState.Idle;
  e.block.value[i] = victim;
}
