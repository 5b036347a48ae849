import { type Action, attach, detach, ownStack, runningOn } from "./action.js";
import type { ScribedSimulation } from "./scribe.js";
import { stackText } from "./wire-tables.js";
import type { Goroutine, Proc, Thread } from "./world.js";

/** Ps are taken and given up; goroutines go into system calls, may lose their P there, and come back. */
export const SYSCALL_ACTIONS: readonly Action<ScribedSimulation>[] = [
  { weight: 12, run: startProc },
  { weight: 3, run: stopProc },
  { weight: 10, run: enter },
  { weight: 12, run: leave },
  { weight: 12, run: leaveBlocked },
  { weight: 8, run: steal },
  { weight: 2, run: stealFromSelf },
  { weight: 2, run: create },
  { weight: 4, run: destroy },
];

/** The goroutine in a system call on a thread, if there is one. */
function callerOn({ goroutine }: Thread): Goroutine | undefined {
  return goroutine?.state === "syscall" ? goroutine : undefined;
}

function startProc({ world, scribe, truth }: ScribedSimulation, thread: Thread): boolean {
  const proc = world.pickProc("idle");
  if (thread.proc !== undefined || proc === undefined) return false;
  scribe.proc(thread, proc);
  const said = { subject: proc.id };
  const event = scribe.record(thread, "ProcStart", [proc.id, ++proc.sequence], "ProcStart", said);
  proc.state = "running";
  proc.thread = thread;
  thread.proc = proc;
  thread.shownProc = proc.id;
  truth.toggle(proc.id, true, event);
  return true;
}

/** A thread gives up its P, also one that is in a system call and knows that it takes long. */
function stopProc({ scribe, truth }: ScribedSimulation, thread: Thread): boolean {
  const { proc } = thread;
  const caller = callerOn(thread);
  if (proc === undefined || proc.isSweeping || runningOn(thread) !== undefined) return false;
  const lost = proc.state === "syscall" ? caller : undefined;
  const event = scribe.record(thread, "ProcStop", [], "ProcStop", { subject: proc.id });
  release(proc);
  truth.toggle(proc.id, false, event);
  if (lost !== undefined) truth.change(lost.id, "syscall (no P)", event, { thread: thread.id });
  return true;
}

function release(proc: Proc): void {
  const { thread } = proc;
  proc.state = "idle";
  proc.thread = undefined;
  if (thread === undefined) return;
  thread.proc = undefined;
  thread.shownProc = -1;
}

function enter(sim: ScribedSimulation, thread: Thread): boolean {
  const goroutine = runningOn(thread);
  const { proc } = thread;
  if (goroutine === undefined || proc === undefined || proc.isSweeping) return false;
  if (goroutine.inAssist || goroutine === sim.stopped?.goroutine) return false;
  const { scribe, truth } = sim;
  const stack = ownStack(sim, goroutine);
  // The P's sequence starts anew when its status is told.
  scribe.introduce(thread);
  const args = [++proc.sequence, scribe.stack(stack)];
  const said = { subject: goroutine.id, stack: stackText(stack) };
  const event = scribe.record(thread, "GoSyscallBegin", args, "GoSyscallBegin", said);
  goroutine.state = "syscall";
  proc.state = "syscall";
  truth.change(goroutine.id, "syscall", event, { proc: proc.id, thread: thread.id });
  if (stack.length > 0) truth.named(goroutine.id, goroutine.func);
  return true;
}

function leave({ scribe, truth }: ScribedSimulation, thread: Thread): boolean {
  const goroutine = callerOn(thread);
  const { proc } = thread;
  if (goroutine === undefined || proc?.state !== "syscall") return false;
  const event = scribe.record(thread, "GoSyscallEnd", [], "GoSyscallEnd", { subject: goroutine.id });
  goroutine.state = "running";
  proc.state = "running";
  truth.change(goroutine.id, "running", event, { proc: proc.id, thread: thread.id });
  return true;
}

/** Back without the P: the thread may have got another one before. */
function leaveBlocked({ scribe, truth }: ScribedSimulation, thread: Thread): boolean {
  const goroutine = callerOn(thread);
  if (goroutine === undefined || thread.proc?.state === "syscall") return false;
  const said = { subject: goroutine.id };
  const event = scribe.record(thread, "GoSyscallEndBlocked", [], "GoSyscallEndBlocked", said);
  detach(goroutine, "runnable");
  truth.change(goroutine.id, "runnable", event);
  return true;
}

/** Any other thread may take a P from one that is in a system call. */
function steal(sim: ScribedSimulation, thread: Thread): boolean {
  const proc = sim.world.pickProc("syscall", "abandoned");
  if (proc === undefined || proc.thread === thread || callerOn(thread) !== undefined) return false;
  take(sim, thread, proc);
  return true;
}

/** Or the thread itself, when it comes back too late to keep it. */
function stealFromSelf(sim: ScribedSimulation, thread: Thread): boolean {
  if (thread.proc?.state !== "syscall") return false;
  take(sim, thread, thread.proc);
  return true;
}

/** A thread takes a P that is in a system call, and leaves it idle. */
export function take({ scribe, truth }: ScribedSimulation, thief: Thread, proc: Proc): void {
  scribe.introduce(thief);
  scribe.proc(thief, proc);
  const victim = proc.thread;
  const lost = victim?.goroutine;
  const from = victim?.id ?? proc.abandonedBy;
  const said = { subject: proc.id, from: proc.looksIdle ? "Idle" : "Running", to: "Idle", value: from };
  const args = [proc.id, ++proc.sequence, from];
  const event = scribe.record(thief, "ProcSteal", args, "ProcSteal", said);
  release(proc);
  if (!proc.looksIdle) {
    truth.toggle(proc.id, false, event);
    if (lost !== undefined) truth.change(lost.id, "syscall (no P)", event, { thread: victim?.id ?? -1 });
  }
  proc.looksIdle = false;
}

/** A thread of C calls into Go: a goroutine appears in a system call. */
function create({ world, scribe, truth }: ScribedSimulation, thread: Thread): boolean {
  if (thread.proc !== undefined || thread.goroutine !== undefined || world.goroutines.length > 60)
    return false;
  const goroutine = world.add("syscall", "runtime.goexit", true);
  const event = scribe.record(thread, "GoCreateSyscall", [goroutine.id], "GoCreateSyscall", {
    subject: goroutine.id,
  });
  attach(goroutine, thread, "syscall");
  goroutine.isMentioned = true;
  goroutine.told = scribe.generation;
  truth.live(goroutine.id, -1, "syscall (no P)", event, { thread: thread.id });
  return true;
}

/** It goes back to C. Its P, if it has one still, counts as lost from then on, although nobody has taken it. */
function destroy({ world, scribe, truth }: ScribedSimulation, thread: Thread): boolean {
  const goroutine = callerOn(thread);
  const { proc } = thread;
  if (goroutine === undefined || !goroutine.isFromC || proc?.state === "running") return false;
  scribe.introduce(thread);
  const context = { thread: thread.id, proc: thread.shownProc, goroutine: goroutine.id };
  const said = { ...context, subject: goroutine.id };
  if (proc === undefined) {
    truth.die(goroutine.id, scribe.record(thread, "GoDestroySyscall", [], "GoDestroySyscall", said));
  } else {
    const lost = { ...context, subject: proc.id, from: "Running", to: "Idle", value: 0 };
    const event = scribe.record(thread, "GoDestroySyscall", [], "ProcSteal", lost);
    truth.toggle(proc.id, false, event);
    truth.change(goroutine.id, "syscall (no P)", event, { thread: thread.id });
    release(proc);
    proc.state = "abandoned";
    proc.abandonedBy = thread.id;
    proc.looksIdle = true;
    truth.die(goroutine.id, scribe.imply("GoDestroySyscall", said));
  }
  detach(goroutine, "waiting");
  world.remove(goroutine);
  return true;
}
