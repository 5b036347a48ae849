import { type Action, step } from "../action.js";
import { SAMPLE_ACTIONS, USER_ACTIONS } from "../annotation-actions.js";
import { Random } from "../random.js";
import { ASSIST_ACTIONS, RANGE_ACTIONS, startTheWorld } from "../range-actions.js";
import type { SimulatedTrace } from "../simulator.js";
import { Truth } from "../truth.js";
import { type Goroutine, type Thread, World } from "../world.js";
import { firstWithRecord, LAST_TIMERS, STW_KINDS } from "./format.js";
import { goroutineActions, V1Goroutines, wake } from "./goroutine-actions.js";
import { NOWHERE, type V1Record, V1Scribe, type V1Simulation } from "./scribe.js";
import { loseProc, startProc, syscallActions } from "./syscall-actions.js";
import { type Place, V1Writer } from "./writer.js";

export interface SimulatedV1Trace extends SimulatedTrace {
  /** What stands at the program's addresses; formats before 1.7 hold nothing but these. */
  readonly symbols: ReadonlyMap<bigint, Place>;
  /** The events that the trace holds, in order, with the times and Ps that Go's reader gives them. */
  readonly records: readonly V1Record[];
  /** Whether wakeups are marked as in vain. */
  readonly hasFutileWakeups: boolean;
}

/**
 * Runs a made-up program on a made-up scheduler, as the runtimes of Go 1.5 to 1.21 do, and gives its trace and what
 * truly happened. Knows nothing of how traces are read.
 * @param minor the format, by the N of its header `go 1.N trace`
 */
export function simulateV1(seed: number, minor: number): SimulatedV1Trace {
  const random = new Random(seed);
  const writer = new V1Writer(random, minor);
  const truth = new Truth();
  const scribe = new V1Scribe(random, writer, truth);
  const world = new World(random, false);
  const starter = stopTheProgram(world, minor);
  const timers = minor <= LAST_TIMERS && random.chance(0.4) ? random.pick(world.goroutines).id : undefined;
  const known = new V1Goroutines(random.chance(0.3), timers);
  const sim: V1Simulation = {
    minor,
    random,
    world,
    scribe,
    truth,
    stops: STW_KINDS[minor] ?? [],
    stopped: undefined,
    gc: { running: false, sequence: 0, since: 0 },
    gcPause: 0,
    tasks: new Map(),
    nextTask: 1000,
    oldTask: 999,
  };
  startTrace(sim, starter, known);
  const actions = actionsOf(minor, known);
  const steps = random.chance(0.06) ? 6_000 : random.between(20, 600);
  for (let i = 0; i < steps; i++) {
    scribe.pass();
    if (random.chance(0.01)) wake(sim, undefined, known);
    else step(sim, random.pick(world.threads), actions);
  }
  startTheWorld(sim);
  // A reader takes a system call without a word of its P for one that has ended.
  for (const proc of world.procs.filter(({ state }) => state === "syscall")) {
    scribe.pass();
    loseProc(sim, proc);
  }
  scribe.finish();
  const { hasFutileWakeups } = known;
  const { symbols } = writer;
  const bytes = writer.bytes(timers);
  return {
    seed,
    minor,
    isSkewed: false,
    bytes,
    truth,
    symbols,
    records: scribe.records,
    hasFutileWakeups,
  };
}

function actionsOf(minor: number, known: V1Goroutines): readonly Action<V1Simulation>[] {
  return [
    ...goroutineActions(known),
    ...syscallActions(known),
    ...RANGE_ACTIONS,
    ...(firstWithRecord("assists") <= minor ? ASSIST_ACTIONS : []),
    ...(firstWithRecord("annotations") <= minor ? USER_ACTIONS : []),
    ...(firstWithRecord("samples") <= minor ? SAMPLE_ACTIONS : []),
  ];
}

/**
 * The world stops to start the trace: nothing runs, and no P is in use but that of whoever starts it.
 * @returns the thread that starts it, with its P
 */
function stopTheProgram(world: World, minor: number): Thread {
  for (const thread of world.threads) {
    const { proc, goroutine } = thread;
    if (proc !== undefined) {
      proc.state = "idle";
      proc.thread = undefined;
      proc.isSweeping = false;
    }
    thread.proc = undefined;
    if (goroutine?.state === "running") {
      goroutine.state = "runnable";
      goroutine.thread = undefined;
      thread.goroutine = undefined;
    }
  }
  if (firstWithRecord("assists") > minor)
    for (const goroutine of world.goroutines) goroutine.inAssist = false;
  if (world.pick("runnable") === undefined) world.add("runnable", "main.main", false);
  return world.threads.find(({ goroutine }) => goroutine === undefined) ?? freed(world.threads[0] as Thread);
}

/** A thread whose system call is no more: its goroutine waits to run. */
function freed(thread: Thread): Thread {
  const { goroutine } = thread;
  if (goroutine !== undefined) {
    goroutine.state = "runnable";
    goroutine.thread = undefined;
  }
  thread.goroutine = undefined;
  return thread;
}

/** What the runtime records of all that is there, and then of whoever starts the trace. */
function startTrace(sim: V1Simulation, starter: Thread, known: V1Goroutines): void {
  const { world, scribe, minor, random } = sim;
  const proc = world.procs[random.between(0, world.procs.length - 1)] as World["procs"][number];
  const tracer = world.pick("runnable") as Goroutine;
  for (const goroutine of world.goroutines) introduce(sim, goroutine, proc.id, known);
  scribe.pass();
  startProc(sim, starter, proc);
  startTracer(sim, starter, tracer, known);
  if (firstWithRecord("heap goal at the start") <= minor)
    scribe.record(starter, "HeapGoal", [4 << 20], "HeapGoal", { value: 4 << 20 });
  scribe.pass();
  const recorded = scribe.write(scribe.contextOf(starter), "Gomaxprocs", [world.procs.length, 0]);
  const runnable = world.goroutines.filter(({ state }) => state === "runnable");
  for (const goroutine of runnable) tellStatus(sim, goroutine, recorded, "Runnable", NOWHERE);
  scribe.tell("ProcsChange", recorded, scribe.contextOf(starter), { value: world.procs.length, stack: "" });
  // Go's tools leave the last one out, and so give what follows earlier if it follows at once.
  for (const _ of [...runnable, starter]) scribe.pass();
}

/** That it exists, and that it waits or is in a system call. */
function introduce(
  { scribe, truth, minor }: V1Simulation,
  goroutine: Goroutine,
  proc: number,
  known: V1Goroutines,
): void {
  const { id, func, state } = goroutine;
  const hasSymbols = firstWithRecord("sequences") <= minor;
  const startsAt = hasSymbols ? scribe.stack([`${func}:1`]) : scribe.address(`${func}:1`);
  scribe.write({ proc, goroutine: -1 }, "GoCreate", [id, startsAt, 0]);
  known.lastProc.set(id, proc);
  goroutine.sequence = 0;
  if (goroutine.inAssist) scribe.oldAssists.add(id);
  if (state === "runnable") return;
  goroutine.sequence++;
  const name = state === "waiting" ? "GoWaiting" : "GoInSyscall";
  const recorded = scribe.write({ proc, goroutine: id }, name, [id]);
  const to = state === "waiting" ? "Waiting" : "Syscall";
  const sim = { scribe, truth };
  tellStatus(sim, goroutine, recorded, to, { thread: -1, proc, goroutine: id });
}

/** It runs already when the trace starts. */
function startTracer(sim: V1Simulation, starter: Thread, tracer: Goroutine, known: V1Goroutines): void {
  const { scribe } = sim;
  const proc = starter.proc?.id ?? -1;
  tracer.sequence++;
  known.lastProc.set(tracer.id, proc);
  tracer.state = "running";
  tracer.thread = starter;
  starter.goroutine = tracer;
  const context = scribe.contextOf(starter);
  const isLocal = firstWithRecord("sequences") <= sim.minor;
  const recorded = scribe.write(context, isLocal ? "GoStartLocal" : "GoStart", [tracer.id]);
  tellStatus(sim, tracer, recorded, "Running", context);
}

function tellStatus(
  { scribe, truth }: Pick<V1Simulation, "scribe" | "truth">,
  { id, state, func }: Goroutine,
  recorded: number,
  to: string,
  context: { readonly thread: number; readonly proc: number; readonly goroutine: number },
): void {
  const stack = `${func}:1`;
  scribe.tell("GoStatus", recorded, context, { subject: id, from: "Undetermined", to, name: "", stack });
  const isRunning = state === "running";
  const on = isRunning ? { proc: context.proc, thread: context.thread } : {};
  truth.live(id, -1, state === "syscall" ? "syscall (no P)" : state, undefined, on);
  truth.named(id, func);
}
