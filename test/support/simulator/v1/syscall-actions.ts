import { type Action, detach, ownStack } from "../action.js";
import type { TrueEvent } from "../truth.js";
import { stackText } from "../wire-tables.js";
import type { Goroutine, Proc, Thread } from "../world.js";
import { leaver, start, type V1Goroutines } from "./goroutine-actions.js";
import type { V1Scribe, V1Simulation } from "./scribe.js";

/** Ps are taken and given up; goroutines go into system calls, may lose their P there, and come back. */
export function syscallActions(known: V1Goroutines): readonly Action<V1Simulation>[] {
  return [
    { weight: 12, run: startAnyProc },
    { weight: 3, run: stopProc },
    { weight: 10, run: (sim, thread) => enter(sim, thread, known) },
    { weight: 8, run: lose },
    { weight: 4, run: (sim, thread) => takeSilently(sim, thread, known) },
    { weight: 8, run: (sim, thread) => leave(sim, thread, known) },
    { weight: 8, run: (sim, thread) => leaveOnProc(sim, thread, known) },
  ];
}

function callerOn({ goroutine }: Thread): Goroutine | undefined {
  return goroutine?.state === "syscall" ? goroutine : undefined;
}

function startAnyProc(sim: V1Simulation, thread: Thread): boolean {
  const proc = sim.world.pickProc("idle");
  if (thread.proc !== undefined || thread.goroutine !== undefined || proc === undefined) return false;
  startProc(sim, thread, proc);
  return true;
}

/** A thread takes a P: its first taker is the first that a reader hears of it. */
export function startProc({ scribe, truth, world }: V1Simulation, thread: Thread, proc: Proc): void {
  const isFirst = !world.procs.some(({ isMentioned }) => isMentioned);
  proc.state = "running";
  proc.thread = thread;
  thread.proc = proc;
  scribe.setThread(proc.id, thread);
  const context = { thread: thread.id, proc: proc.id, goroutine: -1 };
  const recorded = scribe.write(context, "ProcStart", [thread.id]);
  const event = proc.isMentioned
    ? scribe.tell("ProcStart", recorded, context, { subject: proc.id })
    : scribe.tell("ProcStatus", recorded, context, {
        subject: proc.id,
        from: isFirst ? "Undetermined" : "NotExist",
        to: "Running",
      });
  proc.isMentioned = true;
  truth.toggle(proc.id, true, event);
}

function stopProc({ scribe, truth }: V1Simulation, thread: Thread): boolean {
  const { proc } = thread;
  if (proc === undefined || proc.isSweeping || thread.goroutine !== undefined) return false;
  truth.toggle(proc.id, false, writeStop(scribe, proc));
  return true;
}

function writeStop(scribe: V1Scribe, proc: Proc): TrueEvent {
  const context = { thread: scribe.threadOf(proc.id), proc: proc.id, goroutine: -1 };
  const recorded = scribe.write(context, "ProcStop", []);
  scribe.setThread(proc.id, undefined);
  release(proc);
  return scribe.tell("ProcStop", recorded, context, { subject: proc.id });
}

function release(proc: Proc): void {
  if (proc.thread !== undefined) proc.thread.proc = undefined;
  proc.thread = undefined;
  proc.state = "idle";
}

/** A goroutine goes into a system call. If it keeps its P there, a reader cannot tell how long. */
function enter(sim: V1Simulation, thread: Thread, known: V1Goroutines): boolean {
  const goroutine = leaver(sim, thread);
  const { proc } = thread;
  if (goroutine === undefined || proc === undefined || proc.isSweeping || goroutine.inAssist) return false;
  const { scribe, truth, random } = sim;
  const { id } = goroutine;
  const stack = ownStack(sim, goroutine);
  const context = scribe.contextOf(thread);
  const recorded = scribe.write(context, "GoSysCall", [scribe.stack(stack)]);
  const said = { subject: id, stack: stackText(stack) };
  const on = { proc: proc.id, thread: context.thread };
  truth.change(id, "syscall", scribe.tell("GoSyscallBegin", recorded, context, said), on);
  if (stack.length > 0) truth.named(id, goroutine.func);
  if (random.chance(0.5)) {
    const ended = scribe.tell("GoSyscallEnd", recorded + 1, context, { subject: id });
    truth.change(id, "running", ended, on);
  } else {
    goroutine.state = "syscall";
    proc.state = "syscall";
    known.callers.set(id, context.thread);
  }
  return true;
}

/** The monitor of the runtime takes the P from a system call that takes long. */
function lose(sim: V1Simulation): boolean {
  const proc = sim.world.pickProc("syscall");
  if (proc === undefined) return false;
  loseProc(sim, proc);
  return true;
}

export function loseProc({ scribe, truth }: V1Simulation, proc: Proc): void {
  const goroutine = proc.thread?.goroutine?.id ?? -1;
  scribe.write({ proc: proc.id, goroutine }, "GoSysBlock", []);
  const taker = scribe.threadOf(proc.id);
  const event = writeStop(scribe, proc);
  truth.toggle(proc.id, false, event);
  truth.change(goroutine, "syscall (no P)", event, { thread: taker });
}

/**
 * It comes back and its thread takes the P of another system call. That this one has lost it is recorded, and which thread has it
 * now follows: the end that is recorded next, without a time of its own, is that of its system call.
 */
function takeSilently(sim: V1Simulation, thread: Thread, known: V1Goroutines): boolean {
  const goroutine = callerOn(thread);
  const proc = sim.world.pickProc("syscall");
  if (goroutine === undefined || thread.proc !== undefined || proc === undefined) return false;
  const { scribe, truth } = sim;
  const victim = proc.thread?.goroutine?.id ?? -1;
  const from = scribe.threadOf(proc.id);
  const recorded = scribe.write({ proc: proc.id, goroutine: victim }, "GoSysBlock", []);
  const where = { thread: -1, proc: proc.id, goroutine: -1 };
  const stolen = { subject: proc.id, from: "Running", to: "Idle", value: from };
  const event = scribe.tell("ProcSteal", recorded, where, stolen);
  truth.toggle(proc.id, false, event);
  truth.change(victim, "syscall (no P)", event, { thread: from });
  const told = known.callers.get(goroutine.id) ?? -1;
  const taker = { ...where, thread: told };
  truth.toggle(proc.id, true, scribe.tell("ProcStart", recorded, taker, { subject: proc.id }));
  // The second of them is a nanosecond later.
  scribe.pass();
  scribe.pass();
  known.exits.set(goroutine.id, undefined);
  detach(goroutine, "runnable");
  release(proc);
  scribe.setThread(proc.id, told === -1 ? undefined : thread);
  proc.state = "running";
  proc.thread = thread;
  thread.proc = proc;
  scribe.pass();
  start(sim, thread, goroutine, known);
  return true;
}

/** It comes back and gets no P: it waits to run on any. */
function leave(sim: V1Simulation, thread: Thread, known: V1Goroutines): boolean {
  const goroutine = callerOn(thread);
  if (goroutine === undefined || thread.proc !== undefined) return false;
  comeBack(sim, goroutine, known);
  return true;
}

/** It comes back and its thread takes a free P. */
function leaveOnProc(sim: V1Simulation, thread: Thread, known: V1Goroutines): boolean {
  const goroutine = callerOn(thread);
  const proc = sim.world.pickProc("idle");
  if (goroutine === undefined || thread.proc !== undefined || proc === undefined) return false;
  comeBack(sim, goroutine, known);
  sim.scribe.pass();
  startProc(sim, thread, proc);
  sim.scribe.pass();
  start(sim, thread, goroutine, known);
  return true;
}

function comeBack({ scribe }: V1Simulation, goroutine: Goroutine, known: V1Goroutines): void {
  known.exits.set(goroutine.id, scribe.moment());
  detach(goroutine, "runnable");
}
