import { EventBlock } from "../../src/event/block.js";
import type { Generation } from "../../src/event/generation.js";
import { EventKind } from "../../src/event/kind.js";
import { GoState, ProcState } from "../../src/event/states.js";

const K = EventKind;
const TEXTS = ["", "preempted", "chan receive", "request", "step", "key", "value", "GC sweep termination"];
const FRAME = { pc: 1n, func: "main.work", file: "main.go", line: 1 };
const GENERATION: Generation = {
  number: 1,
  strings: { length: TEXTS.length, text: (index) => TEXTS[index] ?? "" },
  stacks: { length: 2, frames: (index) => (index === 0 ? [] : [FRAME]), startFunction: () => FRAME.func },
  nsPerTick: 1,
  clock: undefined,
  wallClock: undefined,
  complete: true,
  experimental: [],
};

/** The main goroutine's id and slot, and the slot of whichever other one is alive. */
const MAIN = 1;
const OTHER_SLOT = 1;

/** Ids of goroutines and tasks that come and go, from this one on. */
const FIRST_ID = 100;

/** Makes events without end: goroutines, tasks, regions and logs that come and go, always with new ids. */
export class EndlessProgram {
  readonly block = new EventBlock();
  #time = 0;
  #id = FIRST_ID;

  start(): void {
    this.#begin();
    this.#event(K.Sync, 0, { value: 1 });
    this.#event(K.ProcsChange, 0, { value: 1 });
    this.#event(K.ProcStatus, 0, { from: ProcState.Undetermined, to: ProcState.Running });
    this.#event(K.GoStatus, MAIN, { to: GoState.Running, stack: 1 });
  }

  /** A block of events. */
  first(): void {
    this.#begin();
    while (this.block.length < 1000) this.#request(this.#id++, (this.#id * 97) % 10_007);
  }

  /** The same again, later and with other ids. */
  next(): void {
    const { time, subject, length } = this.block;
    const since = (time[length - 1] as number) + 10 - (time[0] as number);
    const ids = this.#id - FIRST_ID;
    for (let i = 0; i < length; i++) {
      time[i] = (time[i] as number) + since;
      if ((subject[i] as number) >= FIRST_ID) subject[i] = (subject[i] as number) + ids;
    }
  }

  #request(id: number, duration: number): void {
    this.#event(K.TaskBegin, id, { name: 3, value: -1 });
    this.#event(K.RegionBegin, id, { name: 4, stack: 1 });
    this.#event(K.GoCreate, id, { slot: OTHER_SLOT, subjectStack: 1 });
    this.#event(K.GoStop, MAIN, { name: 1, stack: 1 });
    this.#time += duration;
    this.#event(K.GoStart, id, { slot: OTHER_SLOT });
    this.#event(K.GoDestroy, id, { slot: OTHER_SLOT });
    this.#event(K.GoStart, MAIN, {});
    this.#event(K.RegionEnd, id, { name: 4, stack: 1, value: 0 });
    this.#event(K.TaskEnd, id, { name: 3, value: -1 });
    // Of a task that is over, as of one from before the trace.
    this.#event(K.Log, id, { name: 5 });
    this.#event(K.StwBegin, MAIN, { name: 7, stack: 1 });
    this.#event(K.StwEnd, MAIN, { name: 7 });
  }

  #begin(): void {
    this.block.length = 0;
    this.block.generation = GENERATION;
  }

  #event(kind: number, subject: number, columns: Partial<Record<keyof EventBlock, number>>): void {
    const { block } = this;
    const i = block.length++;
    block.kind[i] = kind;
    block.time[i] = this.#time += 10;
    block.thread[i] = 1;
    block.proc[i] = 0;
    block.goroutine[i] = MAIN;
    block.subject[i] = subject;
    block.slot[i] = 0;
    block.name[i] = 0;
    block.stack[i] = 0;
    for (const [column, value] of Object.entries(columns))
      (block[column as "value"] as Float64Array)[i] = value;
  }
}
