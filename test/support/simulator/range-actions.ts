import { type Action, ownStack, runningOn, type Simulation } from "./action.js";
import { stackText } from "./wire-tables.js";
import type { Thread } from "./world.js";

/** What the runtime does beside scheduling: it stops the world, collects garbage, and tells of its heap. */
export const RANGE_ACTIONS: readonly Action[] = [
  { weight: 1, run: beginStop },
  { weight: 20, run: endStop },
  { weight: 1, run: beginGc },
  { weight: 1, run: endGc },
  { weight: 2, run: beginSweep },
  { weight: 10, run: endSweep },
  { weight: 3, run: (sim, thread) => heap(sim, thread, "HeapAlloc") },
  { weight: 1, run: (sim, thread) => heap(sim, thread, "HeapGoal") },
  { weight: 1, run: changeProcs },
];
/** A goroutine that allocates helps the GC. */
export const ASSIST_ACTIONS: readonly Action[] = [
  { weight: 2, run: beginAssist },
  { weight: 3, run: endAssist },
];

function beginStop(sim: Simulation, thread: Thread): boolean {
  const goroutine = runningOn(thread);
  if (goroutine === undefined || sim.stopped !== undefined || sim.stops.length === 0) return false;
  const { scribe } = sim;
  const kind = sim.random.pick(sim.stops);
  const stack = ownStack(sim, goroutine);
  const args = [scribe.string(kind), scribe.stack(stack)];
  scribe.record(thread, "STWBegin", args, "StwBegin", {
    subject: goroutine.id,
    name: kind,
    stack: stackText(stack),
  });
  sim.stopped = { goroutine, kind };
  return true;
}

function endStop(sim: Simulation, thread: Thread): boolean {
  const goroutine = runningOn(thread);
  if (goroutine === undefined || sim.stopped?.goroutine !== goroutine) return false;
  const said = { subject: goroutine.id, name: sim.stopped.kind };
  sim.scribe.record(thread, "STWEnd", [], "StwEnd", said);
  sim.stopped = undefined;
  return true;
}

/** The world goes on: no generation ends while it is stopped. */
export function startTheWorld(sim: Simulation): void {
  const thread = sim.stopped?.goroutine.thread;
  if (thread === undefined) return;
  sim.scribe.pass();
  endStop(sim, thread);
}

function canTurnGc({ gc, scribe, gcPause }: Simulation): boolean {
  return scribe.now >= gc.since + gcPause;
}

function beginGc(sim: Simulation, thread: Thread): boolean {
  const goroutine = runningOn(thread);
  if (goroutine === undefined || sim.gc.running || !canTurnGc(sim)) return false;
  const { scribe, gc } = sim;
  const stack = ownStack(sim, goroutine);
  const said = { value: ++gc.sequence, stack: stackText(stack) };
  scribe.record(thread, "GCBegin", [gc.sequence, scribe.stack(stack)], "GcBegin", said);
  sim.gc = { ...gc, running: true, since: scribe.now };
  return true;
}

function endGc(sim: Simulation, thread: Thread): boolean {
  if (runningOn(thread) === undefined || !sim.gc.running || !canTurnGc(sim)) return false;
  const { scribe, gc } = sim;
  scribe.record(thread, "GCEnd", [++gc.sequence], "GcEnd", { value: gc.sequence });
  sim.gc = { ...gc, running: false, since: scribe.now };
  return true;
}

/** In each generation it is told that the GC is under way. */
export function tellGc({ world, scribe, gc }: Simulation): void {
  const thread = world.threads.find((each) => runningOn(each) !== undefined);
  if (thread === undefined || !gc.running) return;
  scribe.record(thread, "GCActive", [++gc.sequence], "GcActive", { value: gc.sequence });
}

function beginSweep(sim: Simulation, thread: Thread): boolean {
  const { proc, goroutine } = thread;
  if (proc?.state !== "running" || proc.isSweeping || goroutine?.state === "syscall") return false;
  const stack = goroutine === undefined ? [] : ownStack(sim, goroutine);
  const said = { subject: proc.id, stack: stackText(stack) };
  sim.scribe.record(thread, "GCSweepBegin", [sim.scribe.stack(stack)], "SweepBegin", said);
  proc.isSweeping = true;
  return true;
}

function endSweep({ random, scribe }: Simulation, thread: Thread): boolean {
  const { proc } = thread;
  if (proc === undefined || !proc.isSweeping) return false;
  // What it is doing must be told before it has ended.
  scribe.introduce(thread);
  const [value, value2] = [random.between(0, 1e6), random.between(0, 1e6)];
  scribe.record(thread, "GCSweepEnd", [value, value2], "SweepEnd", { subject: proc.id, value, value2 });
  proc.isSweeping = false;
  return true;
}

function beginAssist(sim: Simulation, thread: Thread): boolean {
  const goroutine = runningOn(thread);
  if (goroutine === undefined || goroutine.inAssist) return false;
  const stack = ownStack(sim, goroutine);
  const said = { subject: goroutine.id, stack: stackText(stack) };
  sim.scribe.record(thread, "GCMarkAssistBegin", [sim.scribe.stack(stack)], "AssistBegin", said);
  goroutine.inAssist = true;
  return true;
}

function endAssist({ scribe }: Simulation, thread: Thread): boolean {
  const goroutine = runningOn(thread);
  if (goroutine === undefined || !goroutine.inAssist) return false;
  scribe.record(thread, "GCMarkAssistEnd", [], "AssistEnd", { subject: goroutine.id });
  goroutine.inAssist = false;
  return true;
}

function heap({ random, scribe }: Simulation, thread: Thread, name: "HeapAlloc" | "HeapGoal"): boolean {
  if (thread.proc?.state !== "running" || thread.goroutine?.state === "syscall") return false;
  const value = random.between(1, 2 ** 40);
  scribe.record(thread, name, [value], name, { value });
  return true;
}

/** GOMAXPROCS grows: there is a P that nobody has mentioned before. */
function changeProcs(sim: Simulation, thread: Thread): boolean {
  const { random, world, scribe } = sim;
  const goroutine = runningOn(thread);
  if (goroutine === undefined || world.procs.length > 12 || random.chance(0.7)) return false;
  world.addProc();
  const stack = ownStack(sim, goroutine);
  const value = world.procs.length;
  const said = { value, stack: stackText(stack) };
  scribe.record(thread, "ProcsChange", [value, scribe.stack(stack)], "ProcsChange", said);
  return true;
}
