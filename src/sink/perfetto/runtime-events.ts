import { NONE } from "../../base/ids.js";
import { type EventBlock, stringOf } from "../../event/block.js";
import type { Generation } from "../../event/generation.js";
import { EventKind, isAssist, isProgramRange, isSweep } from "../../event/kind.js";
import type { SchedModel } from "../../sched/model.js";
import { Level } from "./carrier-tracks.js";
import type { Carriers } from "./carriers.js";
import type { TimelineOutput } from "./event-output.js";
import type { GoroutineTracks } from "./goroutine-tracks.js";
import { BEFORE_THE_TRACE } from "./open-regions.js";
import type { RuntimeSlices } from "./runtime-slices.js";

const K = EventKind;

/** The tracks for the runtime's own events. */
export interface RuntimeTracks {
  readonly goroutines: GoroutineTracks;
  readonly procs: Carriers;
  /** GC and stop-the-world; undefined unless requested. */
  readonly slices: RuntimeSlices | undefined;
}

/** Work of goroutines and Ps for the runtime: GC, stop-the-world, sweeping, mark assists, labels. */
export class RuntimeEvents {
  readonly #model: SchedModel;
  readonly #out: TimelineOutput;
  readonly #tracks: RuntimeTracks;
  #block!: EventBlock;
  #firstGeneration = Number.NaN;

  constructor(model: SchedModel, out: TimelineOutput, tracks: RuntimeTracks) {
    this.#model = model;
    this.#out = out;
    this.#tracks = tracks;
  }

  /** The following events are of this generation. */
  enter(generation: Generation): void {
    if (Number.isNaN(this.#firstGeneration)) this.#firstGeneration = generation.number;
  }

  /** Takes an event of any kind; ignores those that are not the runtime's. */
  event(block: EventBlock, i: number, kind: number): void {
    this.#block = block;
    if (isSweep(kind)) this.#sweep(i, kind);
    else if (isProgramRange(kind)) this.#slice(i);
    else if (isAssist(kind)) this.#assist(i, kind);
    else if (kind === K.GoLabel) this.#label(i);
  }

  #sweep(event: number, kind: number): void {
    const block = this.#block;
    const { procs } = this.#tracks;
    const proc = block.subject[event] as number;
    const time = block.time[event] as number;
    if (kind === K.SweepEnd) {
      procs.endSweep(proc, time, block.value[event] as number, block.value2[event] as number);
      return;
    }
    const { sweep } = this.#out.names;
    if (kind === K.SweepBegin) procs.set(proc, Level.Sweep, time, sweep, this.#stack(event));
    // In the first generation it is older than the trace, as is the run reported after it. In later ones it is known.
    else if (block.generation?.number === this.#firstGeneration) procs.set(proc, Level.Sweep, 0, sweep);
  }

  #slice(event: number): void {
    const { slices, goroutines } = this.#tracks;
    slices?.event(this.#block, event, goroutines.labelOf(this.#block.goroutine[event] as number));
  }

  #assist(event: number, kind: number): void {
    const block = this.#block;
    const { goroutines } = this.#tracks;
    const time = block.time[event] as number;
    const isOld = kind === K.AssistActive;
    const slot = goroutines.slot((isOld ? block.subject : block.goroutine)[event] as number);
    if (slot === NONE) return;
    if (kind === K.AssistEnd) goroutines.assistEnd(slot, time);
    else if (!isOld) goroutines.assist(slot, time, this.#stack(event), false);
    else goroutines.assist(slot, block.generation?.isSnapshot ? time : BEFORE_THE_TRACE, 0, true);
  }

  /** What a goroutine does for the runtime, on its own track and on the P that it runs on. */
  #label(event: number): void {
    const block = this.#block;
    const { goroutines, procs } = this.#tracks;
    const slot = goroutines.slot(block.goroutine[event] as number);
    if (slot === NONE) return;
    const time = block.time[event] as number;
    const text = stringOf(block, block.name[event] as number);
    const name = text === "" ? 0 : this.#out.interning.text("name", text);
    if (name !== 0) goroutines.labeled(slot, time, name);
    procs.set(this.#model.goroutines.proc[slot] as number, Level.Label, time, name);
  }

  #stack(event: number): number {
    return this.#out.stacks.of(this.#block.stack[event] as number);
  }
}
