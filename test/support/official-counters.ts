import type { EventBlock } from "../../src/event/block.js";
import { EVENT_KINDS, EventKind } from "../../src/event/kind.js";
import { GoState, ProcState } from "../../src/event/states.js";
import { type JsonTrace, nanoseconds } from "./chrome-json.js";
import { stateAfter, stateBefore } from "./event-states.js";

/** What a counter shows: those of Go's viewer have these three names. */
type Values = Readonly<Record<string, number>>;

/** What counters show when, as texts in the order of the file. */
export interface CounterTexts {
  readonly official: string[];
  readonly ours: string[];
}

/** The runtime says that there is no goal by one that cannot be. */
const NO_GOAL = 2 ** 50;
const UNSIGNED = 2 ** 64;

interface Goroutine {
  state: number;
  inAssist: boolean;
}

/**
 * The counters of a trace straight from its events: as Go's viewer counts, with its two errors, and as it is.
 *
 * - `gcWaiting`: Go takes one away for a state that is left as it would be counted now. Who is told to be in a mark assist
 *   only after he began to wait leaves what he never entered.
 * - `inSyscall`: Go's viewer has the counter and never changes it.
 */
export class OfficialCounters implements CounterTexts {
  readonly official: string[] = [];
  readonly ours: string[] = [];
  readonly #goroutines = new Map<number, Goroutine>();
  readonly #official = { Running: 0, Runnable: 0, GCWaiting: 0 };
  readonly #true = { Running: 0, Runnable: 0, GCWaiting: 0 };
  readonly #threads = { Running: 0, InSyscall: 0 };
  #allocated = 0;
  #goal = 0;

  block(block: EventBlock): void {
    for (let i = 0; i < block.length; i++) this.#event(block, i, block.kind[i] as number);
  }

  #event(block: EventBlock, i: number, kind: number): void {
    const time = block.time[i] as number;
    const subject = block.subject[i] as number;
    const { class: what } = EVENT_KINDS[kind] ?? {};
    if (what === "goroutine")
      this.#transition(this.#goroutine(subject), stateBefore(block, i), stateAfter(block, i), time);
    else if (what === "proc") this.#proc(stateBefore(block, i), stateAfter(block, i), time);
    else if (kind === EventKind.AssistBegin || kind === EventKind.AssistActive)
      this.#assist(this.#goroutine(subject), true, time);
    else if (kind === EventKind.AssistEnd) this.#assist(this.#goroutine(subject), false, time);
    else if (kind === EventKind.HeapAlloc) this.#heap(block.value[i] as number, this.#goal, time);
    else if (kind === EventKind.HeapGoal) this.#heap(this.#allocated, block.value[i] as number, time);
    else if (kind === EventKind.ProcsChange)
      this.ours.push(text("GOMAXPROCS", time, { Procs: block.value[i] as number }));
  }

  #goroutine(id: number): Goroutine {
    let goroutine = this.#goroutines.get(id);
    if (goroutine === undefined) {
      goroutine = { state: GoState.Undetermined, inAssist: false };
      this.#goroutines.set(id, goroutine);
    }
    return goroutine;
  }

  #transition(goroutine: Goroutine, from: number, to: number, time: number): void {
    if (from === to) return;
    const { inAssist } = goroutine;
    const before = viewed(from, inAssist);
    const after = viewed(to, inAssist);
    count(this.#official, before, -1);
    count(this.#official, after, 1);
    if (before !== after) this.official.push(text("Goroutines", time, unsigned(this.#official)));
    this.#become(goroutine, to, inAssist, time);
    const change = Number(to === GoState.Syscall) - Number(from === GoState.Syscall);
    this.#threads.InSyscall += change;
    if (change !== 0) this.ours.push(text("Threads", time, this.#threads));
  }

  #assist(goroutine: Goroutine, inAssist: boolean, time: number): void {
    this.#become(goroutine, goroutine.state, inAssist, time);
  }

  #become(goroutine: Goroutine, state: number, inAssist: boolean, time: number): void {
    const before = viewed(goroutine.state, goroutine.inAssist);
    const after = viewed(state, inAssist);
    Object.assign(goroutine, { state, inAssist });
    count(this.#true, before, -1);
    count(this.#true, after, 1);
    if (before !== after) this.ours.push(text("Goroutines", time, this.#true));
  }

  #proc(from: number, to: number, time: number): void {
    const change = Number(to === ProcState.Running) - Number(from === ProcState.Running);
    if (change === 0) return;
    const at = from === ProcState.Undetermined ? 0 : time;
    this.#threads.Running += change;
    this.official.push(text("Threads", at, { ...this.#threads, InSyscall: 0 }));
    this.ours.push(text("Threads", at, this.#threads));
  }

  #heap(allocated: number, told: number, time: number): void {
    const goal = told > NO_GOAL ? 0 : told;
    if (allocated === this.#allocated && goal === this.#goal) return;
    this.#allocated = allocated;
    this.#goal = goal;
    const values = { Allocated: allocated, NextGC: Math.max(goal - allocated, 0) };
    for (const texts of [this.official, this.ours]) texts.push(text("Heap", time, values));
  }
}

/** What the counters of a file show. */
export function counterTexts({ traceEvents }: JsonTrace): string[] {
  return traceEvents.flatMap(({ ph, name, ts = 0, args = {} }) =>
    ph === "C" ? [text(name, nanoseconds(ts), args as Values)] : [],
  );
}

function text(counter: string, time: number, values: Values): string {
  const entries = Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${counter} ${time}: ${entries.map(([name, value]) => `${name}=${value}`).join(" ")}`;
}

/** As what Go's viewer counts a goroutine; "Dead" and "Waiting" are not shown. */
function viewed(state: number, inAssist: boolean): string {
  if (state === GoState.Runnable) return "Runnable";
  if (state === GoState.Running || state === GoState.Syscall) return "Running";
  if (state === GoState.Waiting) return inAssist ? "GCWaiting" : "Waiting";
  return "Dead";
}

function count(values: Record<string, number>, name: string, change: number): void {
  const value = values[name];
  if (value !== undefined) values[name] = value + change;
}

/** Numbers below 0 as Go writes them. */
function unsigned(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value < 0 ? UNSIGNED + value : value]),
  );
}
