import { EncodedText } from "../../bytes/encoded-text.js";
import type { EventBlock } from "../../event/block.js";
import {
  EventKind,
  FROM_STATE,
  isAssist,
  isMetric,
  isProc,
  isTransition,
  TO_STATE,
} from "../../event/kind.js";
import { GoState, ProcState } from "../../event/states.js";
import { CounterSeries } from "../counter-series.js";
import type { EventWriter } from "./event-writer.js";
import { Process } from "./processes.js";

const K = EventKind;
/** The runtime writes an impossible goal for "no goal". */
const NO_GOAL = 2 ** 50;
const SYSCALL: number = GoState.Syscall;
const WAITING: number = GoState.Waiting;

/** The states that Go's viewer counts. The counter has the first three, from 1 on. */
const View = { Dead: 0, Running: 1, Runnable: 2, GcWaiting: 3, Waiting: 4 } as const;
const VIEWS: Readonly<Record<number, number>> = {
  [GoState.Runnable]: View.Runnable,
  [GoState.Running]: View.Running,
  [GoState.Waiting]: View.Waiting,
  [GoState.Syscall]: View.Running,
};
const VIEW_OF = Uint8Array.from({ length: 6 }, (_, state) => VIEWS[state] ?? View.Dead);

/** The most bytes of one event: a name, a time, keys and numbers. */
const VALUE_BYTES = 130;

/** A counter with several series. */
class Counter {
  readonly values: number[];
  readonly #events: EventWriter;
  readonly #head: EncodedText;
  readonly #keys: readonly EncodedText[];
  /** Undefined while every value is written. */
  #series: CounterSeries[] | undefined;
  #isHeld = false;
  #hasValue = false;

  constructor(events: EventWriter, name: string, keys: readonly string[]) {
    this.#events = events;
    this.values = keys.map(() => 0);
    this.#head = new EncodedText(`,\n{"name":"${name}","ph":"C","pid":${Process.Runtime},"ts":`);
    this.#keys = keys.map((key, i) => new EncodedText(`${i === 0 ? ',"args":{' : ","}"${key}":`));
  }

  /** Keeps few values from here on, instead of writing all. */
  thin(): void {
    this.#series ??= this.#keys.map(() => new CounterSeries());
  }

  /** Bytes that {@link finish} writes at most. */
  get pending(): number {
    return (this.#series ?? []).reduce((sum, { points }) => sum + points * VALUE_BYTES, 0);
  }

  /** Holds back the values before the beginning of a part; {@link writeFirst} writes the last one. */
  hold(): void {
    this.#isHeld = true;
  }

  /**
   * Writes the counter's value at the beginning.
   * @param isKnown whether it has a value even if no event gave one
   */
  writeFirst(isKnown: boolean): void {
    this.#isHeld = false;
    if (isKnown || this.#hasValue) this.changed(0);
  }

  /** The values have changed. @param seen time of the event that shows it, if later */
  changed(time: number, seen = time): void {
    this.#hasValue = true;
    if (this.#isHeld) return;
    const series = this.#series;
    if (series === undefined) this.#write(time, this.values);
    else for (let i = 0; i < series.length; i++) series[i]?.set(seen, this.values[i] as number);
  }

  /** Writes what was kept. */
  finish(): void {
    const points: (readonly [time: number, key: number, value: number])[] = [];
    this.#series?.forEach((series, key) => {
      series.forEach((time, value) => {
        points.push([time, key, value]);
      });
    });
    points.sort(([a], [b]) => a - b);
    const values = this.values.map(() => 0);
    points.forEach(([time, key, value], i) => {
      values[key] = value;
      if (points[i + 1]?.[0] !== time) this.#write(time, values);
    });
  }

  #write(time: number, values: readonly number[]): void {
    const events = this.#events;
    events.begin(this.#head);
    events.time(time);
    for (let i = 0; i < values.length; i++) {
      events.put(this.#keys[i] as EncodedText);
      // Only damage makes a count negative.
      events.number(Math.max(values[i] as number, 0));
    }
    events.put(CLOSING);
  }
}

const CLOSING = new EncodedText("}}");

/** The counters of the "Go runtime" process: those of Go's viewer, with its names, and GOMAXPROCS. */
export class Counters {
  readonly #goroutines: Counter;
  readonly #threads: Counter;
  readonly #heap: Counter;
  readonly #gomaxprocs: Counter;
  /** Goroutines in a mark assist. */
  readonly #assisting = new Set<number>();
  /** Goroutines that are counted as waiting for the GC. */
  readonly #gcWaiting = new Set<number>();
  /**
   * Goroutines that have been waiting since they appeared. A later event may show that they are in a mark
   * assist.
   */
  readonly #waitFirst = new Set<number>();
  /** Whether the events describe the state before the part of the trace. */
  #isBefore = false;
  #allocated = 0;
  #goal = 0;

  constructor(events: EventWriter) {
    this.#goroutines = new Counter(events, "Goroutines", ["Running", "Runnable", "GCWaiting"]);
    this.#threads = new Counter(events, "Threads", ["Running", "InSyscall"]);
    this.#heap = new Counter(events, "Heap", ["Allocated", "NextGC"]);
    this.#gomaxprocs = new Counter(events, "GOMAXPROCS", ["Procs"]);
  }

  /** From here on keeps at most 20,000 values of each. */
  thin(): void {
    for (const each of this.#all) each.thin();
  }

  /** Takes the events of a block. */
  block(block: EventBlock): void {
    const { kind, time, from, to, length, generation } = block;
    const isSnapshot = generation?.isSnapshot === true;
    if (isSnapshot !== this.#isBefore) this.#cross(isSnapshot);
    for (let i = 0; i < length; i++) {
      const k = kind[i] as number;
      if (k === K.Sync) continue;
      if (isTransition(k)) this.#transition(block, i, FROM_STATE[k] as number, TO_STATE[k] as number);
      else if (k === K.GoStatus || k === K.GoSnapshot) {
        if (from[i] !== WAITING && to[i] === WAITING) this.#waitFirst.add(block.subject[i] as number);
        this.#transition(block, i, from[i] as number, to[i] as number);
      } else if (isProc(k)) this.#proc(block, i);
      else if (isAssist(k)) {
        if (k === K.AssistEnd) this.#assisting.delete(block.subject[i] as number);
        else this.#assist(block.subject[i] as number, time[i] as number);
      } else if (isMetric(k)) this.#metric(k, time[i] as number, block.value[i] as number);
    }
  }

  /** Bytes that {@link finish} writes at most. */
  get pending(): number {
    return this.#all.reduce((sum, { pending }) => sum + pending, 0);
  }

  finish(): void {
    if (this.#isBefore) this.#cross(false);
    for (const each of this.#all) each.finish();
  }

  get #all(): Counter[] {
    return [this.#goroutines, this.#threads, this.#heap, this.#gomaxprocs];
  }

  #transition(block: EventBlock, i: number, from: number, to: number): void {
    if (from === to) return;
    const subject = block.subject[i] as number;
    const time = block.time[i] as number;
    const before = from === WAITING ? this.#endWait(subject) : (VIEW_OF[from] as number);
    const after = to === WAITING ? this.#wait(subject) : (VIEW_OF[to] as number);
    if (before !== after) {
      this.#count(before, -1);
      this.#count(after, 1);
      this.#goroutines.changed(time);
    }
    if (from === SYSCALL || to === SYSCALL) {
      const { values } = this.#threads;
      values[1] = (values[1] as number) + (to === SYSCALL ? 1 : -1);
      this.#threads.changed(time);
    }
  }

  /** The events that describe the beginning of a part begin, or end. */
  #cross(isBefore: boolean): void {
    this.#isBefore = isBefore;
    for (const each of this.#all) {
      if (isBefore) each.hold();
      else each.writeFirst(each === this.#goroutines || each === this.#threads);
    }
  }

  #assist(goroutine: number, time: number): void {
    this.#assisting.add(goroutine);
    if (!this.#waitFirst.delete(goroutine)) return;
    this.#gcWaiting.add(goroutine);
    this.#count(View.GcWaiting, 1);
    this.#goroutines.changed(time);
  }

  #count(view: number, change: number): void {
    const { values } = this.#goroutines;
    if (view !== View.Dead && view !== View.Waiting) values[view - 1] = (values[view - 1] as number) + change;
  }

  /** Counts a wait; one within a mark assist is a wait for the GC. */
  #wait(goroutine: number): number {
    if (this.#assisting.size === 0 || !this.#assisting.has(goroutine)) return View.Waiting;
    this.#gcWaiting.add(goroutine);
    return View.GcWaiting;
  }

  /** What it was counted as. */
  #endWait(goroutine: number): number {
    if (this.#waitFirst.size > 0) this.#waitFirst.delete(goroutine);
    return this.#gcWaiting.size > 0 && this.#gcWaiting.delete(goroutine) ? View.GcWaiting : View.Waiting;
  }

  /** A thread takes or leaves a P. A P that appears with a thread has had it since the trace began. */
  #proc(block: EventBlock, i: number): void {
    const { from, to, time } = block;
    const change = Number(to[i] === ProcState.Running) - Number(from[i] === ProcState.Running);
    if (change === 0) return;
    const { values } = this.#threads;
    values[0] = (values[0] as number) + change;
    const seen = time[i] as number;
    this.#threads.changed(from[i] === ProcState.Undetermined ? 0 : seen, seen);
  }

  #metric(kind: number, time: number, value: number): void {
    if (kind === K.ProcsChange) {
      this.#gomaxprocs.values[0] = value;
      this.#gomaxprocs.changed(time);
      return;
    }
    const isAlloc = kind === K.HeapAlloc;
    const was = isAlloc ? this.#allocated : this.#goal;
    if (isAlloc) this.#allocated = value;
    else this.#goal = value > NO_GOAL ? 0 : value;
    if (was === (isAlloc ? this.#allocated : this.#goal)) return;
    this.#heap.values[0] = this.#allocated;
    this.#heap.values[1] = Math.max(this.#goal - this.#allocated, 0);
    this.#heap.changed(time);
  }
}
