import type { Arg } from "../trace-builder.js";
import type { Random } from "./random.js";
import type { Said, TrueEvent, Truth } from "./truth.js";
import type { SimStack } from "./wire-tables.js";
import type { Goroutine, Thread, World } from "./world.js";

/** Writes down what happens, for a trace and for the truth. */
export interface Recorder {
  /** Nanoseconds; what happens on another thread than the last happens later than this. */
  readonly now: number;
  /** Time goes by. */
  pass(): void;
  string(text: string): number;
  stack(stack: SimStack): number;
  /** A thread tells what it carries, if the trace tells such things and has not told that yet. */
  introduce(thread: Thread | undefined): void;
  /** A thread (undefined is none) records an event. @param name and arguments as format 2 has them */
  record(thread: Thread | undefined, name: string, args: readonly Arg[], kind: string, said: Said): TrueEvent;
  /** A CPU sample is taken on a thread. */
  sample(thread: Thread, stack: SimStack): void;
}

/** What actions work on. */
export interface Simulation<Writes extends Recorder = Recorder> {
  readonly minor: number;
  readonly random: Random;
  readonly world: World;
  readonly scribe: Writes;
  readonly truth: Truth;
  /** For what the world may be stopped, as far as the format tells. */
  readonly stops: readonly string[];
  /** Who has stopped the world. */
  stopped: { readonly goroutine: Goroutine; readonly kind: string } | undefined;
  gc: { running: boolean; sequence: number; since: number };
  /** Nanoseconds that must lie between the ends of GC cycles, since clocks may be that wrong. */
  readonly gcPause: number;
  /** Tasks under way by id. */
  readonly tasks: Map<number, { readonly name: string; readonly parent: number }>;
  nextTask: number;
  /** The next to end of those that began before the trace: they have lower ids than all that begin in it. */
  oldTask: number;
}

/** Something that may happen on a thread. */
export interface Action<Sim extends Simulation = Simulation> {
  /** How often, compared with others. */
  readonly weight: number;
  /** Makes it happen; false if it cannot happen now. */
  readonly run: (sim: Sim, thread: Thread) => boolean;
}

/** One thing happens on a thread, of those that may. */
export function step<Sim extends Simulation>(
  sim: Sim,
  thread: Thread,
  actions: readonly Action<Sim>[],
): void {
  for (let attempt = 0; attempt < 30; attempt++) {
    if (anyOf(actions, sim.random).run(sim, thread)) return;
  }
}

function anyOf<Sim extends Simulation>(actions: readonly Action<Sim>[], random: Random): Action<Sim> {
  const weights = actions.reduce((sum, { weight }) => sum + weight, 0);
  let at = random.next() * weights;
  for (const action of actions) {
    at -= action.weight;
    if (at < 0) return action;
  }
  return actions[0] as Action<Sim>;
}

/** The goroutine that runs on a thread, if one does. */
export function runningOn({ proc, goroutine }: Thread): Goroutine | undefined {
  return proc !== undefined && goroutine?.state === "running" ? goroutine : undefined;
}

/** The goroutine that runs code of the program's own on a thread, if one does. */
export function userCodeOn(thread: Thread): Goroutine | undefined {
  const goroutine = runningOn(thread);
  return goroutine?.inAssist ? undefined : goroutine;
}

/** A stack of a goroutine; now and then none. */
export function ownStack({ random }: Pick<Simulation, "random">, { func }: Goroutine): SimStack {
  if (random.chance(0.1)) return [];
  const inner = [[], ["sync.(*Mutex).Lock:81"], ["internal/poll.read:5", "os.ReadFile:7"]];
  return [...random.pick(inner), `${func}:${random.between(1, 9)}`];
}

/** Takes a goroutine from its thread. */
export function detach(goroutine: Goroutine, state: Goroutine["state"]): void {
  const { thread } = goroutine;
  goroutine.state = state;
  goroutine.thread = undefined;
  if (thread === undefined) return;
  thread.goroutine = undefined;
  thread.shownGoroutine = -1;
}

/** Puts a goroutine on a thread. */
export function attach(goroutine: Goroutine, thread: Thread, state: Goroutine["state"]): void {
  goroutine.state = state;
  goroutine.thread = thread;
  thread.goroutine = goroutine;
  thread.shownGoroutine = goroutine.id;
}
