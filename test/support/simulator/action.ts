import type { Random } from "./random.js";
import type { Scribe } from "./scribe.js";
import type { Truth } from "./truth.js";
import type { SimStack } from "./wire-tables.js";
import type { Goroutine, Thread, World } from "./world.js";

/** What actions work on. */
export interface Simulation {
  readonly minor: number;
  readonly random: Random;
  readonly world: World;
  readonly scribe: Scribe;
  readonly truth: Truth;
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
export interface Action {
  /** How often, compared with others. */
  readonly weight: number;
  /** Makes it happen; false if it cannot happen now. */
  readonly run: (sim: Simulation, thread: Thread) => boolean;
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
export function ownStack({ random }: Simulation, { func }: Goroutine): SimStack {
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
