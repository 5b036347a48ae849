import { type Action, attach, detach, ownStack, runningOn } from "./action.js";
import type { ScribedSimulation } from "./scribe.js";
import { type SimStack, stackText } from "./wire-tables.js";
import { FUNCTIONS, type Goroutine, type Thread } from "./world.js";

const STOPS = ["preempted", "runtime.Gosched", ""];
const WAITS = [
  "chan receive",
  "select",
  "sync",
  "sleep",
  "network",
  "GC mark assist wait for work",
  "forever",
  "",
];

/** Goroutines take turns: they start, yield, wait and wake each other. */
export const TURN_ACTIONS: readonly Action<ScribedSimulation>[] = [
  { weight: 30, run: start },
  { weight: 20, run: (sim, thread) => stop(sim, thread, "GoStop", STOPS) },
  { weight: 6, run: (sim, thread) => stop(sim, thread, "GoBlock", WAITS) },
  { weight: 14, run: unblock },
];

/** Goroutines start, stop, wait, wake each other, are created and end. */
export const GOROUTINE_ACTIONS: readonly Action<ScribedSimulation>[] = [
  { weight: 30, run: start },
  { weight: 6, run: (sim, thread) => stop(sim, thread, "GoStop", STOPS) },
  { weight: 14, run: (sim, thread) => stop(sim, thread, "GoBlock", WAITS) },
  { weight: 3, run: destroy },
  { weight: 8, run: (sim, thread) => create(sim, thread, "GoCreate") },
  { weight: 3, run: (sim, thread) => create(sim, thread, "GoCreateBlocked") },
  { weight: 14, run: unblock },
  { weight: 5, run: (sim, thread) => switchTo(sim, thread, "GoSwitch") },
  { weight: 2, run: (sim, thread) => switchTo(sim, thread, "GoSwitchDestroy") },
];

function start({ world, scribe, truth }: ScribedSimulation, thread: Thread): boolean {
  const { proc } = thread;
  if (proc?.state !== "running" || thread.goroutine !== undefined) return false;
  const goroutine = world.pick("runnable");
  if (goroutine === undefined) return false;
  scribe.goroutine(thread, goroutine);
  const args = [goroutine.id, ++goroutine.sequence];
  const event = scribe.record(thread, "GoStart", args, "GoStart", { subject: goroutine.id });
  attach(goroutine, thread, "running");
  truth.change(goroutine.id, "running", event, { proc: proc.id, thread: thread.id });
  return true;
}

/** Who runs on the thread and may leave it. */
function leaver(sim: ScribedSimulation, thread: Thread): Goroutine | undefined {
  const goroutine = runningOn(thread);
  return goroutine === sim.stopped?.goroutine ? undefined : goroutine;
}

function stop(
  sim: ScribedSimulation,
  thread: Thread,
  kind: "GoStop" | "GoBlock",
  reasons: readonly string[],
): boolean {
  const goroutine = leaver(sim, thread);
  if (goroutine === undefined) return false;
  const { scribe, truth } = sim;
  const reason = sim.random.pick(reasons);
  const stack = ownStack(sim, goroutine);
  const args = [scribe.string(reason), scribe.stack(stack)];
  const said = { subject: goroutine.id, name: reason, stack: stackText(stack) };
  const event = scribe.record(thread, kind, args, kind, said);
  const state = kind === "GoStop" ? "runnable" : "waiting";
  detach(goroutine, state);
  truth.change(goroutine.id, state, event, { reason });
  if (stack.length > 0) truth.named(goroutine.id, goroutine.func);
  return true;
}

/** Who runs on the thread and may end. */
function mortal(sim: ScribedSimulation, thread: Thread): Goroutine | undefined {
  const goroutine = leaver(sim, thread);
  return goroutine?.inAssist || goroutine?.isFromC ? undefined : goroutine;
}

function destroy(sim: ScribedSimulation, thread: Thread): boolean {
  const goroutine = mortal(sim, thread);
  if (goroutine === undefined) return false;
  const event = sim.scribe.record(thread, "GoDestroy", [], "GoDestroy", { subject: goroutine.id });
  detach(goroutine, "waiting");
  sim.world.remove(goroutine);
  sim.truth.die(goroutine.id, event);
  return true;
}

/** By a goroutine, or by the runtime on a P, as timers do. */
function create(sim: ScribedSimulation, thread: Thread, name: "GoCreate" | "GoCreateBlocked"): boolean {
  const { random, world, scribe, truth } = sim;
  const creator = thread.goroutine;
  if (name === "GoCreateBlocked" && sim.minor < 23) return false;
  if (thread.proc?.state !== "running" || (creator !== undefined && creator.state !== "running"))
    return false;
  if (world.goroutines.length > 60) return false;
  const state = name === "GoCreate" ? "runnable" : "waiting";
  const goroutine = world.add(state, random.pick(FUNCTIONS), false);
  const newStack: SimStack = random.chance(0.9) ? [`${goroutine.func}:1`] : [];
  const stack = creator === undefined ? [] : ownStack(sim, creator);
  const args = [goroutine.id, scribe.stack(newStack), scribe.stack(stack)];
  const said = { subject: goroutine.id, newStack: stackText(newStack), stack: stackText(stack) };
  const event = scribe.record(thread, name, args, name, said);
  const by = event.goroutine;
  truth.live(goroutine.id, by, state, event, state === "runnable" ? { waker: by } : {});
  if (newStack.length > 0) truth.named(goroutine.id, goroutine.func);
  goroutine.isMentioned = true;
  goroutine.told = scribe.generation;
  return true;
}

function unblock(sim: ScribedSimulation, thread: Thread): boolean {
  const { goroutine: by } = thread;
  // A thread in a system call does nothing; a running one, an idle one and one that only has a P may.
  if (by?.state === "syscall") return false;
  return wake(sim, thread);
}

/** A waiting goroutine becomes runnable by what a thread, or no thread, does. False if none waits. */
export function wake(sim: ScribedSimulation, thread: Thread | undefined): boolean {
  const { world, scribe, truth } = sim;
  const goroutine = world.pick("waiting");
  if (goroutine === undefined) return false;
  scribe.goroutine(thread, goroutine);
  const by = thread?.goroutine;
  const stack = by === undefined ? [] : ownStack(sim, by);
  const args = [goroutine.id, ++goroutine.sequence, scribe.stack(stack)];
  const said = { subject: goroutine.id, stack: stackText(stack) };
  const event = scribe.record(thread, "GoUnblock", args, "GoUnblock", said);
  goroutine.state = "runnable";
  truth.change(goroutine.id, "runnable", event, { waker: by?.id ?? -1 });
  return true;
}

/** A coroutine gives way to another one: one record that stands for three events. */
function switchTo(sim: ScribedSimulation, thread: Thread, name: "GoSwitch" | "GoSwitchDestroy"): boolean {
  const { world, scribe, truth } = sim;
  const current = name === "GoSwitch" ? leaver(sim, thread) : mortal(sim, thread);
  if (current === undefined || sim.minor < 23) return false;
  const next = world.pick("waiting");
  if (next === undefined) return false;
  scribe.goroutine(thread, next);
  const args = [next.id, ++next.sequence];
  const unblocked = scribe.record(thread, name, args, "GoSwitch", { subject: next.id });
  const { thread: m, proc, goroutine } = unblocked;
  truth.change(next.id, "runnable", unblocked, { waker: current.id });
  const context = { thread: m, proc, goroutine, subject: current.id };
  if (name === "GoSwitch") {
    const blocked = scribe.imply("GoBlock", { ...context, name: "", stack: "" });
    truth.change(current.id, "waiting", blocked);
    detach(current, "waiting");
  } else {
    truth.die(current.id, scribe.imply("GoDestroy", context));
    detach(current, "waiting");
    world.remove(current);
  }
  const started = scribe.imply("GoStart", { ...context, goroutine: -1, subject: next.id });
  attach(next, thread, "running");
  truth.change(next.id, "running", started, { proc, thread: m });
  return true;
}
