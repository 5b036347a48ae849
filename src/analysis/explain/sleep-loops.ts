import type { Changes } from "../../sched/changes.js";

/** A loop sleeps at least as often in a row, and runs no longer than this in between, on average. */
const LEAST = 100;
const SHORT = 10_000;
/** A loop that waits for a timer's channel may make a timer each time. It comes as often: what comes seldom may have its reason. */
const SHORT_TIMED = 20_000;
const TICK = 5e6;

/** Loops that sleep or wait for a timer at a stack and do nothing else. Times are nanoseconds. */
export interface SleepLoop {
  /** Number of the stack where they sleep. */
  readonly stack: number;
  count: number;
  /** How long they ran between the sleeps, and how long they took in all. */
  ran: number;
  duration: number;
  /** The longest. */
  longest: number;
  longestSince: number;
  goroutine: number;
}

/** Sleeps of a goroutine in a row. */
interface Row {
  readonly stack: number;
  readonly isTimed: boolean;
  readonly since: number;
  readonly goroutine: number;
  /** Runs of the goroutine before its last sleep. */
  runs: number;
  last: number;
  count: number;
  ran: number;
}

/**
 * Goroutines that sleep again and again at one place, and between two sleeps run once and wake nobody: they look whether
 * something has happened.
 */
export class SleepLoops {
  /** By stack. */
  readonly found = new Map<number, SleepLoop>();
  readonly #rows = new Map<number, Row>();
  /** By P: when a goroutine on it last created or woke another. */
  readonly #acted: number[] = [];

  /** Goroutines that have slept. */
  get size(): number {
    return this.#rows.size;
  }

  /** A goroutine on a P creates or wakes another. */
  act(proc: number, time: number): void {
    if (proc >= 0) this.#acted[proc] = time;
  }

  /**
   * A goroutine goes to sleep.
   * @param stack number of the stack
   * @param runs of the goroutine so far
   * @param isTimed whether it waits for a channel instead, and a timer ended its wait before
   */
  sleep(
    { goroutine, proc, since, slot: slots, time }: Changes,
    i: number,
    stack: number,
    runs: number,
    isTimed: boolean,
  ): void {
    const slot = slots[i] as number;
    const began = since[i] as number;
    const now = time[i] as number;
    const row = this.#rows.get(slot);
    const hasActed = (this.#acted[proc[i] as number] ?? 0) >= began;
    if (row === undefined || row.stack !== stack || runs !== row.runs + 1 || hasActed) {
      this.end(slot);
      const id = goroutine[i] as number;
      const rest = { runs, last: now, count: 0, ran: 0 };
      this.#rows.set(slot, { stack, isTimed, since: now, goroutine: id, ...rest });
      return;
    }
    row.runs = runs;
    row.last = now;
    row.count++;
    row.ran += now - began;
  }

  /** The goroutine in the slot, or the trace, ends. */
  end(slot: number): void {
    const row = this.#rows.get(slot);
    if (row === undefined) return;
    this.#rows.delete(slot);
    const { count, goroutine, isTimed, last, ran, since, stack } = row;
    if (count < LEAST || ran > (isTimed ? SHORT_TIMED : SHORT) * count) return;
    const duration = last - since;
    if (isTimed && duration > TICK * count) return;
    const loop = this.found.get(stack);
    const isLongest = loop === undefined || duration > loop.longest;
    const longest = isLongest
      ? { longest: duration, longestSince: since, goroutine }
      : { longest: loop.longest, longestSince: loop.longestSince, goroutine: loop.goroutine };
    this.found.set(stack, {
      stack,
      count: count + (loop?.count ?? 0),
      ran: ran + (loop?.ran ?? 0),
      duration: duration + (loop?.duration ?? 0),
      ...longest,
    });
  }
}
