import { type Action, step } from "./action.js";
import { LABEL_ACTIONS, SAMPLE_ACTIONS, USER_ACTIONS } from "./annotation-actions.js";
import { GOROUTINE_ACTIONS, TURN_ACTIONS, wake } from "./goroutine-actions.js";
import { Random } from "./random.js";
import { ASSIST_ACTIONS, RANGE_ACTIONS, startTheWorld, tellGc } from "./range-actions.js";
import { Scribe, type ScribedSimulation } from "./scribe.js";
import { SYSCALL_ACTIONS, take } from "./syscall-actions.js";
import { Truth } from "./truth.js";
import { SIMULATED_FORMATS, WireWriter } from "./wire-writer.js";
import { World } from "./world.js";

const ACTIONS: readonly Action<ScribedSimulation>[] = [
  ...GOROUTINE_ACTIONS,
  ...SYSCALL_ACTIONS,
  ...USER_ACTIONS,
  ...LABEL_ACTIONS,
  ...SAMPLE_ACTIONS,
  ...RANGE_ACTIONS,
  ...ASSIST_ACTIONS,
];
const STOPS = ["GC mark termination", "start trace", "GOMAXPROCS"];

/** Id of the first task that begins in the trace. */
const FIRST_TASK = 1000;

/** Nanoseconds by which the clocks of threads may differ, where they do. */
const SKEW = 4_000;

export interface SimulatedTrace {
  readonly seed: number;
  /** The format, by the N of its header `go 1.N trace`. */
  readonly minor: number;
  /**
   * Whether the threads' clocks differ, so that only what each goroutine and P went through is certain, and neither
   * times nor the order of what happened on different threads.
   */
  readonly isSkewed: boolean;
  readonly bytes: Uint8Array;
  readonly truth: Truth;
}

/**
 * Runs a made-up program on a made-up scheduler, and gives its trace and what truly happened. The program does what
 * programs can do, at random, and records it as the runtime does. Knows nothing of how traces are read.
 */
export function simulate(seed: number): SimulatedTrace {
  const random = new Random(seed);
  const minor = random.pick(SIMULATED_FORMATS);
  const isSkewed = random.chance(0.25);
  // With clocks that differ, an id might seem to be used before it is free.
  const make = () => new World(random, !isSkewed);
  // Enough for several of the reader's blocks now and then.
  const steps = () => (random.chance(0.06) ? 2_000 : random.between(20, 200));
  return run({ seed, random, minor, isSkewed, make, actions: ACTIONS, most: 4, steps });
}

/** The same of a program of few goroutines that only take turns, within one generation. */
export function simulateTurns(seed: number): SimulatedTrace {
  const random = new Random(seed);
  const minor = random.pick(SIMULATED_FORMATS);
  const make = () => new World(random, true, { threads: 3, procs: 3, goroutines: 4 });
  return run({
    seed,
    random,
    minor,
    isSkewed: false,
    make,
    actions: TURN_ACTIONS,
    most: 1,
    steps: () => 400,
  });
}

/** A program to run. */
interface Plan {
  readonly seed: number;
  readonly random: Random;
  readonly minor: number;
  readonly isSkewed: boolean;
  readonly make: () => World;
  readonly actions: readonly Action<ScribedSimulation>[];
  /** The most generations, and the steps of each. */
  readonly most: number;
  readonly steps: () => number;
}

function run({ seed, random, minor, isSkewed, make, actions, most, ...plan }: Plan): SimulatedTrace {
  const writer = new WireWriter(random, minor);
  const truth = new Truth();
  const world = make();
  const scribe = new Scribe(random, writer, truth, random.pick([1_000, 5_000_000_000, 20_000_000_000_000]));
  if (isSkewed) for (const { id } of world.threads) scribe.skew.set(id, random.between(0, SKEW));
  const sim: ScribedSimulation = {
    minor,
    random,
    world,
    scribe,
    truth,
    stops: STOPS,
    stopped: undefined,
    gc: { running: random.chance(0.2), sequence: 2 * random.between(0, 40), since: scribe.now },
    gcPause: isSkewed ? 4 * SKEW : 0,
    tasks: new Map(),
    nextTask: FIRST_TASK,
    oldTask: FIRST_TASK - 1,
  };
  if (!world.goroutines.some(({ state }) => state === "running")) sim.gc.running = false;
  const generations = random.between(1, most);
  const steps = plan.steps();
  for (let i = 0; i < generations; i++) runGeneration(sim, steps, actions);
  scribe.finish();
  return { seed, minor, isSkewed, bytes: writer.bytes(), truth };
}

function runGeneration(
  sim: ScribedSimulation,
  steps: number,
  actions: readonly Action<ScribedSimulation>[],
): void {
  const { random, world, scribe } = sim;
  scribe.beginGeneration();
  const start = scribe.now;
  tellGc(sim);
  for (let i = 0; i < steps; i++) {
    scribe.pass();
    if (random.chance(0.01)) wake(sim, undefined);
    else step(sim, random.pick(world.threads), actions);
  }
  startTheWorld(sim);
  tellTheRest(sim);
  scribe.endGeneration(start);
}

/**
 * What a generation has not mentioned is told when it ends: Ps by who has them or by any thread, which takes those in
 * system calls; goroutines by no thread.
 */
function tellTheRest(sim: ScribedSimulation): void {
  const { world, scribe, random } = sim;
  const free = world.threads.filter(({ goroutine }) => goroutine?.state !== "syscall");
  const teller = random.pick(free.length > 0 ? free : world.threads);
  for (const proc of world.procs.filter(({ told }) => told !== scribe.generation)) {
    scribe.pass();
    if (proc.thread === teller || proc.state === "running") scribe.introduce(proc.thread);
    else if (proc.state === "idle") scribe.proc(teller, proc);
    else take(sim, teller, proc);
  }
  for (const goroutine of world.goroutines.filter(({ told }) => told !== scribe.generation)) {
    scribe.pass();
    if (goroutine.state === "running") scribe.introduce(goroutine.thread);
    else scribe.goroutine(undefined, goroutine);
  }
}
