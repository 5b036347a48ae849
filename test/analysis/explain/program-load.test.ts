import { expect, test } from "vitest";
import { analyze } from "../../../src/analysis/analysis.js";
import { Load } from "../../../src/analysis/explain/program-load.js";
import { Waits } from "../../../src/analysis/explain/waits.js";
import type { EventBlock } from "../../../src/event/block.js";
import { EventKind } from "../../../src/event/kind.js";
import { ProcState } from "../../../src/event/states.js";
import { openTraceFile } from "../../../src/node.js";
import type { SchedListener } from "../../../src/sched/listener.js";
import { SchedModel } from "../../../src/sched/model.js";
import { SchedState } from "../../../src/sched/state.js";
import { fixtureTraces } from "../../support/corpus.js";
import { readBlocks } from "../../support/reading.js";

/** The times of a program's load by their definitions: all states are counted anew for each stretch between two events. */
class LoadWalk implements SchedListener {
  readonly times = new Float64Array(Object.keys(Load).length);
  readonly model = new SchedModel(this);
  readonly #states = new Map<number, number>();
  readonly #held = new Set<number>();
  #block!: EventBlock;
  #time = 0;
  #procs: number | undefined;
  #stops = 0;

  block(block: EventBlock): void {
    this.#block = block;
  }

  leave(): void {}
  named(): void {}

  enter(slot: number, _from: number, _time: number, event: number): void {
    this.#pass(this.#block.time[event] as number);
    this.#states.set(slot, this.model.goroutines.state[slot] as number);
  }

  proc(_slot: number, event: number): void {
    const { subject, time, to } = this.#block;
    this.#pass(time[event] as number);
    if (to[event] === ProcState.Running) this.#held.add(subject[event] as number);
    else this.#held.delete(subject[event] as number);
  }

  other(event: number): void {
    const { kind, time, value } = this.#block;
    this.#pass(time[event] as number);
    if (kind[event] === EventKind.ProcsChange) this.#procs = value[event] as number;
    else if (kind[event] === EventKind.StwBegin) this.#stops++;
    else if (kind[event] === EventKind.StwEnd && this.#stops > 0) this.#stops--;
  }

  finish(time: number): void {
    this.#pass(time);
  }

  #pass(time: number): void {
    const passed = time - this.#time;
    if (passed <= 0) return;
    this.#time = time;
    if (this.#stops > 0) return;
    const number = (state: number) => [...this.#states.values()].filter((each) => each === state).length;
    const [running, runnable] = [number(SchedState.Running), number(SchedState.Runnable)];
    const procs = this.#procs ?? 0;
    const free = procs - running - number(SchedState.Syscall);
    const isKnown = this.#procs !== undefined;
    this.#add(Load.Parallel, running >= 2, passed);
    this.#add(Load.Saturated, isKnown && runnable > 0 && free <= 0, passed);
    this.#add(Load.Queued, isKnown && runnable > 0 && free <= 0, passed * runnable);
    this.#add(Load.Unused, runnable > 0 && free > 0 && this.#held.size < procs, passed);
    this.#add(Load.Spare, runnable === 0 && free > 0, passed);
    this.#add(Load.Alone, runnable === 0 && free > 0 && running === 1, passed);
  }

  #add(load: number, isSo: boolean, time: number): void {
    if (isSo) this.times[load] = (this.times[load] as number) + time;
  }
}

const traces = fixtureTraces();
const found = new Float64Array(Object.keys(Load).length);

test.each(traces)("times of the program's load are by their definitions: $name", async ({ path }) => {
  const waits = new Waits();
  await analyze(await openTraceFile(path), [waits]);
  const walk = new LoadWalk();
  await readBlocks(await openTraceFile(path), (block) => walk.model.block(block));
  walk.model.finish();
  expect([...waits.load.times]).toEqual([...walk.times]);
  waits.load.times.forEach((time, load) => {
    found[load] = (found[load] as number) + time;
  });
});

test("each of these times is in some trace", () => {
  for (const time of found) expect(time).toBeGreaterThan(0);
});
