import type { EventBlock } from "../../src/event/block.js";
import { EVENT_KINDS, EventKind } from "../../src/event/kind.js";
import { GO_STATE_NAMES, PROC_STATE_NAMES } from "../../src/event/states.js";
import { stateAfter, stateBefore } from "./event-states.js";

/** A value that a counter takes, and when. */
export type CounterValue = readonly [time: number, value: number];

const METRICS: Readonly<Record<number, string>> = {
  [EventKind.HeapAlloc]: "Heap",
  [EventKind.HeapGoal]: "Heap goal",
  [EventKind.ProcsChange]: "GOMAXPROCS",
};
const IN_STATE: Readonly<Record<string, string>> = {
  Running: "Goroutines running",
  Runnable: "Goroutines runnable",
  Waiting: "Goroutines waiting",
  Syscall: "Goroutines in syscall",
};

/**
 * The counters of a trace straight from its events. Goroutines and Ps that are first mentioned in a state have been in
 * it since the trace began.
 */
export class CounterWalk {
  readonly #values = new Map<string, CounterValue[]>();
  readonly #changes: { readonly name: string; readonly time: number; readonly by: number }[] = [];

  block(block: EventBlock): void {
    for (let i = 0; i < block.length; i++) {
      const kind = block.kind[i] as number;
      const metric = METRICS[kind];
      const time = block.time[i] as number;
      if (metric !== undefined) this.#push(metric, [time, block.value[i] as number]);
      const info = EVENT_KINDS[kind]?.class;
      const before = stateBefore(block, i);
      const after = stateAfter(block, i);
      if (info === "goroutine")
        this.#change(IN_STATE, GO_STATE_NAMES[before] ?? "", GO_STATE_NAMES[after] ?? "", time);
      if (info === "proc")
        this.#change(
          { Running: "Threads with a P" },
          PROC_STATE_NAMES[before] ?? "",
          PROC_STATE_NAMES[after] ?? "",
          time,
        );
    }
  }

  /** The values of each counter, without those that are the same as the one before. */
  values(): Map<string, CounterValue[]> {
    const counts = new Map<string, number>();
    const changes = [...this.#changes].sort((a, b) => a.time - b.time);
    for (const { name, time, by } of changes) {
      const value = (counts.get(name) ?? 0) + by;
      counts.set(name, value);
      if (this.#values.get(name)?.at(-1)?.[0] === time) this.#values.get(name)?.pop();
      this.#push(name, [time, value]);
    }
    return new Map([...this.#values].map(([name, values]) => [name, values.filter(isNews)]));
  }

  #push(name: string, value: CounterValue): void {
    const values = this.#values.get(name) ?? [];
    values.push(value);
    this.#values.set(name, values);
  }

  #change(counted: Readonly<Record<string, string>>, from: string, to: string, time: number): void {
    if (from === to) return;
    const left = counted[from];
    const entered = counted[to];
    if (left !== undefined) this.#changes.push({ name: left, time, by: -1 });
    if (entered === undefined) return;
    this.#changes.push({ name: entered, time: from === "Undetermined" ? 0 : time, by: 1 });
  }
}

function isNews([, value]: CounterValue, i: number, values: readonly CounterValue[]): boolean {
  return i === 0 || value !== values[i - 1]?.[1];
}
