import { type Action, attach, detach, ownStack, runningOn } from "../action.js";
import { type SimStack, stackText } from "../wire-tables.js";
import { FUNCTIONS, type Goroutine, type Thread } from "../world.js";
import { FakeProc, firstWithRecord, LAST_FUTILE, STOPS } from "./format.js";
import type { V1Simulation } from "./scribe.js";
import type { Moment } from "./writer.js";

const LABELS = ["GC (dedicated)", "GC (fractional)", "GC (idle)"];

/** What is known of goroutines beside the common state, for what format 1 records. */
export class V1Goroutines {
  /** The P that a goroutine was last started, woken or created on. */
  readonly lastProc = new Map<number, number>();
  /** Those that are back from a system call and have not run yet: when they came back; undefined is when that is told. */
  readonly exits = new Map<number, Moment | undefined>();
  /** The thread, as the trace tells it, on which a goroutine began its last long system call; −1 is none. */
  readonly callers = new Map<number, number>();
  /** Those that wait for the network. */
  readonly onNetwork = new Set<number>();
  /** Whether the program says that wakeups were in vain. */
  readonly hasFutileWakeups: boolean;
  /** The goroutine of all timers. */
  readonly timers: number | undefined;

  constructor(hasFutileWakeups: boolean, timers: number | undefined) {
    this.hasFutileWakeups = hasFutileWakeups;
    this.timers = timers;
  }
}

/** Goroutines start, stop, wait, wake each other, are created and end. */
export function goroutineActions(known: V1Goroutines): readonly Action<V1Simulation>[] {
  return [
    { weight: 30, run: (sim, thread) => startAny(sim, thread, known) },
    { weight: 20, run: (sim, thread) => stop(sim, thread, known) },
    { weight: 3, run: end },
    { weight: 9, run: (sim, thread) => create(sim, thread, known) },
    { weight: 14, run: (sim, thread) => wake(sim, thread, known) },
  ];
}

function startAny(sim: V1Simulation, thread: Thread, known: V1Goroutines): boolean {
  if (thread.proc?.state !== "running" || thread.goroutine !== undefined) return false;
  const goroutine = sim.world.pick("runnable");
  if (goroutine === undefined) return false;
  start(sim, thread, goroutine, known);
  return true;
}

/** A goroutine runs on a thread's P; one that is back from a system call says so first. */
export function start(sim: V1Simulation, thread: Thread, goroutine: Goroutine, known: V1Goroutines): void {
  const { scribe, truth, random } = sim;
  const { id } = goroutine;
  const proc = thread.proc?.id ?? -1;
  if (known.exits.has(id)) {
    truth.change(id, "runnable", scribe.writeExit(proc, goroutine, known.exits.get(id)));
    known.exits.delete(id);
    known.lastProc.set(id, proc);
    scribe.pass();
  }
  attach(goroutine, thread, "running");
  const context = sim.scribe.contextOf(thread);
  const hasLabel = firstWithRecord("labels") <= sim.minor && random.chance(0.1);
  const label = hasLabel ? random.pick(LABELS) : undefined;
  const recorded = scribe.write(context, ...startRecord(sim, goroutine, proc, known, label));
  const event = scribe.tell("GoStart", recorded, context, { subject: id });
  truth.change(id, "running", event, { proc, thread: context.thread });
  if (label !== undefined) scribe.tell("GoLabel", recorded, context, { subject: id, name: label });
}

function startRecord(
  { minor, scribe }: V1Simulation,
  goroutine: Goroutine,
  proc: number,
  { lastProc }: V1Goroutines,
  label: string | undefined,
): [name: string, args: number[]] {
  const { id } = goroutine;
  const sequence = ++goroutine.sequence;
  if (label !== undefined) return ["GoStartLabel", [id, sequence, scribe.string(label)]];
  if (minor < firstWithRecord("sequences")) return ["GoStart", [id]];
  if (lastProc.get(id) === proc) return ["GoStartLocal", [id]];
  lastProc.set(id, proc);
  return ["GoStart", [id, sequence]];
}

/** Who runs on the thread and may leave it. */
export function leaver(sim: V1Simulation, thread: Thread): Goroutine | undefined {
  const goroutine = runningOn(thread);
  return goroutine === sim.stopped?.goroutine ? undefined : goroutine;
}

function stop(sim: V1Simulation, thread: Thread, known: V1Goroutines): boolean {
  const goroutine = leaver(sim, thread);
  if (goroutine === undefined) return false;
  const { scribe, truth, random, minor, world } = sim;
  const { id } = goroutine;
  const [name, kind, reason, since] = random.pick(STOPS);
  if (since > minor || (reason === "forever" && random.chance(0.8))) return false;
  const context = sim.scribe.contextOf(thread);
  if (known.hasFutileWakeups && minor <= LAST_FUTILE && name.startsWith("GoBlock") && random.chance(0.2))
    scribe.write(context, "FutileWakeup", []);
  const stack = ownStack(sim, goroutine);
  const recorded = scribe.write(context, name, [scribe.stack(stack)]);
  const event = scribe.tell(kind, recorded, context, { subject: id, name: reason, stack: stackText(stack) });
  const state = kind === "GoStop" ? "runnable" : "waiting";
  detach(goroutine, state);
  truth.change(id, state, event, { reason });
  if (stack.length > 0) truth.named(id, goroutine.func);
  if (kind === "GoStop") known.lastProc.set(id, context.proc);
  if (reason === "network") known.onNetwork.add(id);
  if (reason === "forever") world.remove(goroutine);
  return true;
}

function end(sim: V1Simulation, thread: Thread): boolean {
  const goroutine = leaver(sim, thread);
  if (goroutine === undefined || goroutine.inAssist) return false;
  const { scribe, truth, world } = sim;
  const context = sim.scribe.contextOf(thread);
  const recorded = scribe.write(context, "GoEnd", []);
  truth.die(goroutine.id, scribe.tell("GoDestroy", recorded, context, { subject: goroutine.id }));
  detach(goroutine, "waiting");
  world.remove(goroutine);
  return true;
}

/** By a goroutine, or by the runtime on a P, as timers do. */
function create(sim: V1Simulation, thread: Thread, known: V1Goroutines): boolean {
  const { random, world, truth, scribe } = sim;
  const creator = thread.goroutine;
  if (thread.proc?.state !== "running" || creator?.state === "syscall") return false;
  if (world.goroutines.length > 60) return false;
  const goroutine = world.add("runnable", random.pick(FUNCTIONS), false);
  const { id, func } = goroutine;
  const context = sim.scribe.contextOf(thread);
  const hasSymbols = firstWithRecord("sequences") <= sim.minor;
  const newStack: SimStack = !hasSymbols || random.chance(0.9) ? [`${func}:1`] : [];
  const stack = creator === undefined ? [] : ownStack(sim, creator);
  const startsAt = hasSymbols ? scribe.stack(newStack) : scribe.address(`${func}:1`);
  const recorded = scribe.write(context, "GoCreate", [id, startsAt, scribe.stack(stack)]);
  const said = { subject: id, newStack: stackText(newStack), stack: stackText(stack) };
  const event = scribe.tell("GoCreate", recorded, context, said);
  known.lastProc.set(id, context.proc);
  truth.live(id, context.goroutine, "runnable", event, { waker: context.goroutine });
  if (newStack.length > 0) truth.named(id, func);
  return true;
}

/** A waiting goroutine becomes runnable by what a thread, or no thread, does. False if that cannot be. */
export function wake(sim: V1Simulation, thread: Thread | undefined, known: V1Goroutines): boolean {
  const { world, scribe, truth, minor } = sim;
  const by = thread?.goroutine;
  if (by?.state === "syscall" || (thread !== undefined && thread.proc === undefined)) return false;
  const goroutine = world.pick("waiting");
  if (goroutine === undefined) return false;
  const { id } = goroutine;
  const context = sim.scribe.contextOf(thread);
  const stack = by === undefined ? [] : ownStack(sim, by);
  const sequence = ++goroutine.sequence;
  const isLocal = known.lastProc.get(id) === context.proc;
  const hasSequence = firstWithRecord("sequences") <= minor;
  const recorded =
    hasSequence && isLocal
      ? scribe.write(context, "GoUnblockLocal", [id, scribe.stack(stack)])
      : scribe.write(context, "GoUnblock", [id, ...(hasSequence ? [sequence] : []), scribe.stack(stack)]);
  known.lastProc.set(id, context.proc);
  const said = { subject: id, stack: stackText(stack) };
  const where = { ...context, ...wakerProc(known, id, by?.id) };
  const event = scribe.tell("GoUnblock", recorded, where, said);
  known.onNetwork.delete(id);
  goroutine.state = "runnable";
  truth.change(id, "runnable", event, { waker: by?.id ?? -1 });
  return true;
}

/** Who wakes for the network or as a timer is given to a P that is made up. */
function wakerProc(
  { onNetwork, timers }: V1Goroutines,
  woken: number,
  by: number | undefined,
): { thread: number; proc: number } | undefined {
  if (onNetwork.has(woken)) return { thread: -1, proc: FakeProc.Netpoll };
  return by !== undefined && by === timers ? { thread: -1, proc: FakeProc.Timer } : undefined;
}
