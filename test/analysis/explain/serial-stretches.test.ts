import { expect, test } from "vitest";
import { Load, type ProgramLoad } from "../../../src/analysis/explain/program-load.js";
import type { RunFunctions } from "../../../src/analysis/explain/run-functions.js";
import { SerialStretches } from "../../../src/analysis/explain/serial-stretches.js";
import { WaitKind } from "../../../src/analysis/explain/wait-kind.js";
import type { WaitSites } from "../../../src/analysis/explain/wait-sites.js";
import type { StackNumbers } from "../../../src/analysis/profile/stack-numbers.js";
import { Interner } from "../../../src/base/interner.js";
import type { Changes } from "../../../src/sched/changes.js";
import type { SchedModel } from "../../../src/sched/model.js";

const MS = 1e6;
/** Slots: two goroutines of the program, and one of the runtime. */
const [MAIN, WORK, SWEEP] = [0, 1, 2];
const NAMES = ["main.main", "main.work", "runtime.bgsweep"];
/** Sites of waits by what goroutines wait for there. */
const SITES = [WaitKind.WaitGroup, WaitKind.Receive];
const [GROUP, CHANNEL] = [0, 1];
const NO_SITE = -1;

/** A program of which one goroutine at most runs, unless others are said to run beside. */
class Program {
  readonly load = { times: new Float64Array(6) } as ProgramLoad;
  readonly serial = new SerialStretches(
    this.load,
    { of: (stack: number) => stack, frames: () => [] } as unknown as StackNumbers,
    { names: new Interner(), nameOf: (name: string) => name } as unknown as RunFunctions,
    { kind: Uint8Array.from(SITES) } as unknown as WaitSites,
  );
  time = 0;

  constructor() {
    this.serial.start({
      goroutines: { func: [0, 1, 2], id: [1, 10, 20] },
      functions: { text: (func: number) => NAMES[func] ?? "" },
    } as unknown as SchedModel);
    for (const slot of [MAIN, WORK, SWEEP]) this.serial.enter(slot);
  }

  /** A goroutine runs, alone for so many milliseconds, with another one for so many. */
  run(slot: number, alone: number, beside = 0, during: () => void = () => {}): this {
    this.serial.begin(slot);
    this.pass(Load.Alone, alone);
    this.pass(Load.Parallel, beside);
    during();
    const row = { func: [slot], time: [this.time] } as unknown as Changes;
    this.serial.end(slot, row, 0, 0);
    return this;
  }

  pass(load: number, ms: number): void {
    this.time += ms * MS;
    const { times } = this.load;
    times[load] = (times[load] as number) + ms * MS;
  }

  wake(by: number, who = WORK, site = NO_SITE): void {
    if (this.serial.isLong) this.serial.wake(by, site, who, 0, this.time);
  }

  /** Milliseconds of all phases. */
  get found(): number {
    return this.serial.alone.reduce((sum, value = 0) => sum + value, 0) / MS;
  }
}

const twice = (wake: () => void) => () => {
  wake();
  wake();
};

test("a phase ends when its goroutine starts two others, in one run or several", () => {
  const program = new Program();
  program.run(
    MAIN,
    30,
    0,
    twice(() => program.wake(MAIN)),
  );
  expect(program.found).toBe(30);
  program
    .run(MAIN, 10)
    .run(MAIN, 5)
    .run(
      MAIN,
      10,
      0,
      twice(() => program.wake(MAIN)),
    );
  expect(program.found).toBe(55);
  expect(program.serial.longest).toMatchObject({ goroutine: 1, since: 0, alone: 30 * MS });
  expect(program.serial.count).toEqual([2]);
});

test("the trace ends a phase too", () => {
  const program = new Program().run(MAIN, 30);
  program.serial.finish(program.time);
  expect(program.found).toBe(30);
});

test("what is short, ended by others, or starts one other goroutine is no phase", () => {
  const program = new Program();
  program.run(
    MAIN,
    19,
    0,
    twice(() => program.wake(MAIN)),
  );
  program.run(WORK, 30, 0, () => program.wake(WORK, MAIN));
  program.run(
    MAIN,
    19,
    0,
    twice(() => program.wake(MAIN)),
  );
  program.run(
    WORK,
    30,
    0,
    twice(() => program.wake(WORK, SWEEP)),
  );
  program.run(MAIN, 1);
  program.serial.finish(program.time);
  expect(program.found).toBe(0);
});

test("two that are woken at different times are not started together", () => {
  const program = new Program();
  program.run(MAIN, 30, 0, () => program.wake(MAIN));
  program.run(MAIN, 5, 0, () => program.wake(MAIN));
  expect(program.found).toBe(0);
});

test("what a group waited for is no phase; what others waited for is told apart by their place", () => {
  const program = new Program();
  program.run(
    WORK,
    30,
    0,
    twice(() => program.wake(WORK, MAIN, GROUP)),
  );
  expect(program.found).toBe(0);
  program.run(
    MAIN,
    40,
    0,
    twice(() => program.wake(MAIN, WORK, CHANNEL)),
  );
  expect(program.serial.alone[(CHANNEL as number) + 1]).toBe(40 * MS);
});

test("others may run beside for a quarter of the time, or in GC cycles", () => {
  const end = (program: Program) => twice(() => program.wake(MAIN));
  const little = new Program().run(MAIN, 20);
  little.run(MAIN, 20, 9, end(little));
  expect(little.found).toBe(40);
  const much = new Program().run(MAIN, 20);
  much.run(MAIN, 20, 11, end(much));
  expect(much.found).toBe(0);
  const cycle = new Program().run(MAIN, 20);
  cycle.serial.cycle(true);
  cycle.run(MAIN, 0, 50);
  cycle.serial.cycle(false);
  cycle.run(MAIN, 20, 0, end(cycle));
  expect(cycle.found).toBe(40);
});

test("the runtime's own goroutines have no phases, and end none", () => {
  const program = new Program();
  program.run(
    SWEEP,
    30,
    0,
    twice(() => program.wake(SWEEP)),
  );
  expect(program.found).toBe(0);
  program.run(MAIN, 15).run(SWEEP, 5);
  program.run(
    MAIN,
    15,
    0,
    twice(() => program.wake(MAIN)),
  );
  expect(program.found).toBe(30);
});
