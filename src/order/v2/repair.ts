import { TraceError } from "../../base/errors.js";
import { NONE } from "../../base/ids.js";
import { EVENT_KINDS, EventKind } from "../../event/kind.js";
import { wireName, wireType } from "../../wire/v2/spec.js";
import { type Emulator, GcPhase, type Handler, Verdict } from "./emulator.js";
import { beginMissing, endMissing, setGcPhase } from "./range-events.js";
import { StateRepair } from "./repair-states.js";
import { GoStatus, ProcStatus, type Resources } from "./scheduler-state.js";

/**
 * Establishes what must hold before an event. Returns false if the event makes no sense, or repeats what
 * holds already.
 */
type Preparation = (repair: StateRepair, e: Emulator) => boolean;

/**
 * Emits an event that contradicts earlier ones, or waits for a missing one: events before it are lost. The
 * repair synthesizes the lost events (a goroutine becomes runnable, a P stops) and then emits the event. It
 * drops an event that makes no sense even then. It counts both.
 */
export class Repair {
  readonly #e: Emulator;
  readonly #states: StateRepair;

  constructor(emulator: Emulator) {
    this.#e = emulator;
    this.#states = new StateRepair(emulator);
  }

  /**
   * Emits the event in the emulator's `raw`, of the thread with the given context, or drops it.
   * @param where describes the event's place in the input
   */
  event(handler: Handler, context: number, time: number, where: () => string): void {
    const e = this.#e;
    const { type } = e.raw;
    const before = e.block.length;
    e.enter(context, time);
    const isNews =
      e.raw.excessiveId === undefined &&
      (PREPARATIONS[type]?.(this.#states, e) ?? this.#states.needGoroutine(context));
    for (let i = before; i < e.block.length; i++) {
      const { name } = EVENT_KINDS[e.block.kind[i] as number] as { name: string };
      e.diagnostics.add("synthesized-events", 1, name, where);
    }
    if (!isNews || !this.#try(handler, context, time))
      e.diagnostics.add("dropped-events", 1, wireName(type), where);
  }

  /** Whether the handler took the event. If not, its output is removed. */
  #try(handler: Handler, context: number, time: number): boolean {
    const e = this.#e;
    const { length } = e.block;
    const { lastTime } = e;
    try {
      return e.advance(handler, context, time) === Verdict.Advanced;
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      e.block.length = length;
      e.lastTime = lastTime;
      return false;
    }
  }
}

const { Runnable, Running, Waiting, Syscall } = GoStatus;

const PREPARATIONS: readonly (Preparation | undefined)[] = (() => {
  const preparations: (Preparation | undefined)[] = new Array(256).fill(undefined);
  const set = (names: string, preparation: Preparation) => {
    for (const name of names.split(" ")) preparations[wireType(name)] = preparation;
  };
  set("ProcStatus", procStatus);
  set("ProcStart", (repair, e) => {
    const proc = e.args[0] as number;
    if (e.context === 0 || isOld(e, e.procs, proc, 1)) return false;
    repair.freeThread(e.context);
    repair.freeProc(proc);
    return follow(e, e.procs, proc, 1);
  });
  set("ProcStop", (repair, e) => {
    const proc = e.threads.proc[e.context] as number;
    if (proc === NONE) return false;
    const { goroutines, threads } = e;
    const slot = goroutines.index.get(threads.goroutine[e.context] as number);
    if (slot >= 0 && goroutines.status[slot] === Running) repair.vacate(e.context);
    return true;
  });
  set("ProcSteal", procSteal);
  set("GoCreate GoCreateBlocked", (repair, e) => {
    if (e.goroutines.index.get(e.args[0] as number) >= 0) return false;
    return repair.needGoroutine(e.context) || repair.needProc(e.context);
  });
  set("GoCreateSyscall", (repair, e) => {
    if (e.context === 0 || e.goroutines.index.get(e.args[0] as number) >= 0) return false;
    repair.vacate(e.context);
    return true;
  });
  set("GoStart", (repair, e) => {
    const goroutine = e.args[0] as number;
    if (isOld(e, e.goroutines, goroutine, 1) || !repair.needProc(e.context)) return false;
    repair.vacate(e.context);
    repair.makeRunnable(goroutine);
    return follow(e, e.goroutines, goroutine, 1);
  });
  set("GoUnblock", (repair, e) => {
    const goroutine = e.args[0] as number;
    if (isOld(e, e.goroutines, goroutine, 1)) return false;
    repair.makeWaiting(goroutine);
    return follow(e, e.goroutines, goroutine, 1);
  });
  set("GoSwitch GoSwitchDestroy", (repair, e) => {
    const next = e.args[0] as number;
    const isItself = e.threads.goroutine[e.context] === next;
    if (isItself || isOld(e, e.goroutines, next, 1)) return false;
    repair.makeWaiting(next);
    if (!repair.needGoroutine(e.context)) return false;
    if (wireName(e.raw.type) === "GoSwitchDestroy")
      endMissing(e, e.goroutines, e.threads.goroutine[e.context] as number);
    return follow(e, e.goroutines, next, 1);
  });
  set("GoSyscallBegin", (repair, e) => {
    if (!repair.needGoroutine(e.context)) return false;
    return follow(e, e.procs, e.threads.proc[e.context] as number, 0);
  });
  set("GoSyscallEnd", (repair, e) => {
    const { procs, threads } = e;
    if (threads.goroutine[e.context] === NONE) return false;
    if (threads.proc[e.context] === NONE) {
      repair.needGoroutine(e.context);
      return false;
    }
    if (!repair.enterSyscall(e.context)) return false;
    procs.status[procs.index.get(threads.proc[e.context] as number)] = ProcStatus.Syscall;
    return true;
  });
  set("GoSyscallEndBlocked", (repair, e) => {
    if (e.threads.goroutine[e.context] === NONE || !repair.enterSyscall(e.context)) return false;
    repair.freeThread(e.context);
    return true;
  });
  set("GoDestroySyscall", (repair, e) => {
    const { procs, threads } = e;
    if (threads.goroutine[e.context] === NONE || !repair.enterSyscall(e.context)) return false;
    const proc = threads.proc[e.context] as number;
    if (proc !== NONE) procs.status[procs.index.get(proc)] = ProcStatus.Syscall;
    endMissing(e, e.goroutines, threads.goroutine[e.context] as number);
    return true;
  });
  set("GoStatus GoStatusStack", goStatus);
  set("GoDestroy STWBegin GCMarkAssistBegin", (repair, e) => {
    const isRunning = repair.needGoroutine(e.context);
    if (isRunning) endMissing(e, e.goroutines, e.threads.goroutine[e.context] as number);
    return isRunning;
  });
  set("GCSweepBegin", (repair, e) => {
    const isRunning = repair.needProc(e.context);
    if (isRunning) endMissing(e, e.procs, e.threads.proc[e.context] as number);
    return isRunning;
  });
  set("GCSweepEnd HeapAlloc HeapGoal", (repair, e) => repair.needProc(e.context));
  set("GCSweepActive", (_repair, e) => beginMissing(e, e.procs, EventKind.SweepBegin));
  set("GCMarkAssistActive", (_repair, e) => beginMissing(e, e.goroutines, EventKind.AssistBegin));
  set("GCActive GCEnd", (repair, e) => gc(repair, e, GcPhase.Running));
  set("GCBegin", (repair, e) => gc(repair, e, GcPhase.Off));
  return preparations;
})();

/** Whether an event's sequence number has passed: the event is a duplicate, or was treated as missing. */
function isOld(e: Emulator, { index, sequence }: Resources, id: number, argument: number): boolean {
  const slot = index.get(id);
  return slot >= 0 && e.sequence(argument) <= (sequence[slot] as number);
}

/** Makes the event's sequence number the next one. */
function follow(e: Emulator, { index, sequence }: Resources, id: number, argument: number): true {
  sequence[index.get(id)] = e.sequence(argument) - 1;
  return true;
}

function procStatus(repair: StateRepair, e: Emulator): boolean {
  const proc = e.args[0] as number;
  const status = e.args[1] as number;
  const { goroutines, procs, threads } = e;
  if (status < ProcStatus.Running || status > ProcStatus.SyscallAbandoned) return false;
  if (status === ProcStatus.Running || status === ProcStatus.Syscall) {
    if (e.context === 0) return false;
    // The event itself introduces an unknown P.
    if (procs.index.get(proc) < 0) repair.freeThread(e.context);
    else repair.startProc(proc, e.context);
    const goroutine = goroutines.index.get(threads.goroutine[e.context] as number);
    if (goroutine >= 0 && procs.index.get(proc) >= 0) {
      if (status === ProcStatus.Syscall) repair.enterSyscall(e.context);
      else if (goroutines.status[goroutine] === Syscall) repair.needGoroutine(e.context);
    }
  } else repair.freeProc(proc);
  const slot = procs.index.get(proc);
  if (slot >= 0) procs.status[slot] = status;
  return true;
}

/** The thread that loses the P is known only if it is the one that holds it. */
function procSteal(repair: StateRepair, e: Emulator): boolean {
  const proc = e.args[0] as number;
  const victim = e.args[2] as number;
  const { procs, threads } = e;
  if (isOld(e, procs, proc, 1)) return false;
  const holder = procs.holderOf(proc, threads);
  const isInSyscall = holder >= 0 && procs.status[procs.index.get(proc)] === ProcStatus.Syscall;
  if (!isInSyscall || threads.thread[holder] !== victim) {
    repair.freeProc(proc);
    procs.status[procs.index.get(proc)] = ProcStatus.SyscallAbandoned;
  }
  return follow(e, procs, proc, 1);
}

function goStatus(repair: StateRepair, e: Emulator): boolean {
  const goroutine = e.args[0] as number;
  const thread = e.args[1] as number;
  const { goroutines, threads } = e;
  switch (e.args[2]) {
    case Runnable:
      repair.makeRunnable(goroutine);
      return true;
    case Waiting:
      repair.makeWaiting(goroutine);
      return true;
    case Running:
      return e.context !== 0 && repair.makeRunning(goroutine, e.context);
    case Syscall: {
      if (thread === NONE) return false;
      const context = threads.of(thread);
      const slot = goroutines.index.get(goroutine);
      const isThere = threads.goroutine[context] === goroutine && goroutines.status[slot] === Syscall;
      return isThere || repair.makeSyscall(goroutine, context);
    }
    default:
      return false;
  }
}

/** Sets the GC phase that an event needs. */
function gc(repair: StateRepair, e: Emulator, phase: number): boolean {
  const sequence = e.args[0] as number;
  const isKnown = e.gcPhase !== GcPhase.Undetermined;
  if ((isKnown && sequence <= e.gcSequence) || !repair.needGoroutine(e.context)) return false;
  // Before the first generation that states the phase, no phase contradicts.
  if (isKnown || !e.isInitial) setGcPhase(e, phase, sequence - 1);
  return true;
}
