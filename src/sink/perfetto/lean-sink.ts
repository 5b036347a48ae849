import type { ByteWriter } from "../../bytes/writer.js";
import type { EventBlock } from "../../event/block.js";
import type { Generation } from "../../event/generation.js";
import { EventKind } from "../../event/kind.js";
import { ProcState } from "../../event/states.js";
import type { SchedListener } from "../../sched/listener.js";
import { SchedModel } from "../../sched/model.js";
import { Edge, SchedState } from "../../sched/state.js";
import type { TraceSink, TraceSummary } from "../trace-sink.js";
import { PacketWriter } from "./packets.js";
import { RuntimeCounters } from "./runtime-counters.js";
import { RuntimeSlices } from "./runtime-slices.js";
import { SchedTables } from "./sched-tables.js";
import { Threads } from "./threads.js";
import { describeTracks, writeClocks, writeMetadata } from "./tracks.js";

const K = EventKind;

/** Times up to here stay exact when the trace's absolute start is added to them. */
const EXACT_BASE = 2 ** 52;

/**
 * Writes a trace for Perfetto with the least that shows how goroutines were scheduled: Perfetto's own
 * scheduling tables with goroutines as threads and Ps as CPUs, counters, GC and stop-the-world.
 */
export class LeanSink implements TraceSink, SchedListener {
  readonly #packets = new PacketWriter();
  readonly #model = new SchedModel(this);
  readonly #counters = new RuntimeCounters();
  readonly #title: string;
  #threads!: Threads;
  #sched!: SchedTables;
  #slices!: RuntimeSlices;
  #block!: EventBlock;
  #base = Number.NaN;

  /** @param title what the trace is called */
  constructor(title: string) {
    this.#title = title;
  }

  get output(): ByteWriter {
    return this.#packets.out;
  }

  start(base: number, generation: Generation): void {
    this.#base = base < EXACT_BASE ? base : 0;
    writeClocks(this.#packets, base, this.#base, generation.clock);
    this.#slices = new RuntimeSlices(this.#packets, this.#base);
    describeTracks(this.#packets);
    this.#slices.note(0, this.#title);
    this.#threads = new Threads(this.#packets, this.#base);
    this.#sched = new SchedTables(this.#packets, this.#threads, this.#model, this.#base);
  }

  events(block: EventBlock): void {
    this.#model.block(block);
  }

  end(summary: TraceSummary): void {
    this.#model.finish();
    for (const lost of summary.lost) this.#slices.note(this.#model.time, `incomplete: ${lost}`);
    writeMetadata(this.#packets, this.#title, summary);
  }

  // What the model tells.

  block(block: EventBlock): void {
    this.#block = block;
  }

  leave(slot: number, to: number, time: number, event: number): void {
    this.#sched.goroutine(slot, to, time, this.#block, event);
  }

  enter(slot: number, from: number, time: number, event: number): void {
    const { goroutines } = this.#model;
    const state = goroutines.state[slot] as number;
    if (goroutines.sinceEdge[slot] === Edge.Cut)
      this.#counters.firstSeen(state, this.#block.time[event] as number);
    else this.#counters.goroutine(from, state, time);
    if (state === SchedState.None) this.#threads.end(slot, goroutines);
  }

  named(slot: number): void {
    const { functions, goroutines } = this.#model;
    this.#threads.name(slot, functions.text(goroutines.func[slot] as number), goroutines);
  }

  proc(_slot: number, event: number): void {
    const { from, to, time } = this.#block;
    const starts = to[event] === ProcState.Running;
    // An idle P that is mentioned for the first time changes no count.
    if (!starts && from[event] !== ProcState.Running) return;
    this.#counters.proc(starts ? 1 : -1, time[event] as number, from[event] === ProcState.Undetermined);
  }

  other(event: number): void {
    const block = this.#block;
    const time = block.time[event] as number;
    switch (block.kind[event]) {
      case K.HeapAlloc:
      case K.HeapGoal:
      case K.ProcsChange:
        return this.#counters.metric(block, event);
      case K.GcActive:
        return this.#slices.gcActive();
      case K.GcBegin:
        return this.#slices.gcBegin(time);
      case K.GcEnd:
        return this.#slices.gcEnd(time);
      case K.StwBegin:
        return this.#slices.stopBegin(time, this.#text(block.name[event] as number));
      case K.StwEnd:
        return this.#slices.stopEnd(time);
    }
  }

  finish(time: number): void {
    const { goroutines } = this.#model;
    this.#sched.finish(time);
    goroutines.forEach((_id, slot) => {
      this.#threads.end(slot, goroutines);
    });
    this.#threads.flush();
    this.#counters.write(this.#packets, this.#base, time);
  }

  #text(name: number): string {
    return this.#block.generation?.strings.text(name) ?? "";
  }
}
