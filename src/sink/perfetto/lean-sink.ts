import type { ByteWriter } from "../../bytes/writer.js";
import type { EventBlock } from "../../event/block.js";
import type { Generation } from "../../event/generation.js";
import { EventKind } from "../../event/kind.js";
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
export class LeanSink implements TraceSink {
  readonly #packets = new PacketWriter();
  readonly #counters = new RuntimeCounters();
  readonly #title: string;
  readonly #withTracks: boolean;
  #sched!: SchedTables;
  #slices!: RuntimeSlices;
  #base = Number.NaN;
  #time = 0;

  /**
   * @param title what the trace is called
   * @param withTracks whether threads get tracks for slices, on which something else puts some
   */
  constructor(title: string, withTracks = false) {
    this.#title = title;
    this.#withTracks = withTracks;
  }

  get output(): ByteWriter {
    return this.#packets.out;
  }

  start(base: number, generation: Generation): void {
    this.begin(base, generation);
  }

  /** The same, and gives what another part of the file needs. `written` is the absolute time that the start has there. */
  begin(base: number, generation: Generation): { packets: PacketWriter; threads: Threads; written: number } {
    this.#base = base < EXACT_BASE ? base : 0;
    writeClocks(this.#packets, base, this.#base, generation.clock);
    this.#slices = new RuntimeSlices(this.#packets, this.#base);
    describeTracks(this.#packets);
    this.#slices.note(0, this.#title);
    const threads = new Threads(this.#packets, this.#base, this.#withTracks);
    this.#sched = new SchedTables(this.#packets, threads, this.#base);
    return { packets: this.#packets, threads, written: this.#base };
  }

  /** Says something at a point of the trace. */
  note(time: number, text: string): void {
    this.#slices.note(time, text);
  }

  events(block: EventBlock): void {
    this.#sched.block(block);
    this.#counters.transitions(block);
    this.#others(block);
    this.#time = block.time[block.length - 1] as number;
  }

  /** The rarer events: statuses, those of Ps, ranges and metrics. */
  #others(block: EventBlock): void {
    const { others, othersLength } = this.#sched;
    for (let n = 0; n < othersLength; n++) {
      const i = others[n] as number;
      const k = block.kind[i] as number;
      if (k <= K.ProcStatus || (k >= K.HeapAlloc && k <= K.ProcsChange)) this.#counters.event(block, i);
      else if (k <= K.GcEnd) this.#slices.event(block, i);
    }
  }

  end(summary: TraceSummary): void {
    this.#sched.finish(this.#time);
    this.#counters.write(this.#packets, this.#base);
    this.#slices.finish(this.#time, summary.lost);
    writeMetadata(this.#packets, this.#title, summary);
  }
}
