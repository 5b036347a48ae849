import { type Arg, NO_THREAD, TraceBuilder, wireBytes } from "../trace-builder.js";
import type { Random } from "./random.js";
import { type SimStack, WireTables } from "./wire-tables.js";

/** Formats that the simulator writes, by the N of `go 1.N trace`. */
export const SIMULATED_FORMATS = [22, 23, 25, 26] as const;

/** Ticks a second: of common machines, a whole number of nanoseconds a tick and not. */
const FREQUENCIES = [15_625_000, 1_000_000_000, 24_000_000, 3_000_000_000, 2_399_000_000, 1_000_000];
/** Bytes after which a batch is closed; the runtime's limit is 64 KiB. */
const BATCH_SIZE = 50_000;

/** The events of one thread in the generation at hand. */
interface Stream {
  /** Closed batches, the time in ticks first. */
  readonly batches: { readonly ticks: number; readonly data: Uint8Array[] }[];
  isOpen: boolean;
  size: number;
  /** The time that a reader has arrived at, in nanoseconds. */
  time: number;
}

/** Writes what a program's threads record, as the runtime does: batches of each thread, tables, clocks. */
export class WireWriter {
  readonly minor: number;
  readonly nsPerTick: number;
  readonly #frequency: number;
  readonly #random: Random;
  readonly #builder: TraceBuilder;
  #tables: WireTables;
  #streams = new Map<Arg, Stream>();
  #samples: Uint8Array[] = [];
  #generations = 0;

  constructor(random: Random, minor: number) {
    this.#random = random;
    this.minor = minor;
    this.#frequency = random.pick(FREQUENCIES);
    this.nsPerTick = 1 / (this.#frequency / 1e9);
    this.#builder = new TraceBuilder(minor);
    this.#tables = new WireTables(random);
  }

  string(text: string): number {
    return this.#tables.string(text);
  }

  stack(stack: SimStack): number {
    return this.#tables.stack(stack);
  }

  /**
   * A thread records an event.
   * @param at when, in nanoseconds
   * @returns when that is for a reader, who rounds: not before `at`
   */
  event(thread: Arg, at: number, name: string, args: readonly Arg[]): number {
    const stream = this.#stream(thread);
    if (stream.size > BATCH_SIZE || this.#random.chance(0.02)) stream.isOpen = false;
    if (!stream.isOpen) this.#openBatch(stream, at);
    const delta = this.#ticks(Math.max(at - stream.time, 0));
    stream.time += Math.trunc(delta * this.nsPerTick);
    const bytes = wireBytes(name, delta, ...args);
    stream.size += bytes.length;
    stream.batches[stream.batches.length - 1]?.data.push(bytes);
    return stream.time;
  }

  /** A CPU sample is taken; times as for {@link event}. @param goroutine 0 is none */
  sample(at: number, thread: Arg, proc: Arg, goroutine: Arg, stack: SimStack): number {
    const ticks = this.#ticks(at);
    this.#samples.push(wireBytes("CPUSample", ticks, thread, proc, goroutine, this.stack(stack)));
    return Math.trunc(ticks * this.nsPerTick);
  }

  /** The generation ends. @returns its earliest time for a reader, in nanoseconds */
  endGeneration(at: number): number {
    if (this.#generations++ > 0) this.#builder.nextGeneration();
    const ticks = this.#ticks(at);
    const ofThreads = [...this.#streams].map(([thread, { batches }]) =>
      batches.map((batch) => ({ thread, ...batch })),
    );
    const ofNone = [this.#sync(ticks), ...this.#tables.batches()].map((data) => [
      { thread: NO_THREAD, ticks, data },
    ]);
    if (this.#samples.length > 0)
      ofNone.push([{ thread: NO_THREAD, ticks, data: [wireBytes("CPUSamples"), ...this.#samples] }]);
    const queues = [...ofThreads, ...ofNone].filter((queue) => queue.length > 0);
    let earliest = ticks;
    while (queues.length > 0) {
      // Any order will do, as long as each thread's batches keep theirs.
      const index = this.#random.between(0, queues.length - 1);
      const batch = queues[index]?.shift();
      if (batch === undefined) queues.splice(index, 1);
      else {
        this.#builder.batch(batch.thread, batch.ticks, ...batch.data);
        earliest = Math.min(earliest, batch.ticks);
      }
    }
    if (this.minor >= 26) this.#builder.endOfGeneration();
    this.#tables = new WireTables(this.#random);
    this.#streams = new Map();
    this.#samples = [];
    return Math.trunc(earliest * this.nsPerTick);
  }

  bytes(): Uint8Array {
    return this.#builder.bytes();
  }

  #sync(ticks: number): Uint8Array[] {
    const frequency = wireBytes("Frequency", this.#frequency);
    if (this.minor < 25) return [frequency];
    const now = Math.trunc((ticks + 1) * this.nsPerTick);
    const seconds = 1_700_000_000 + Math.floor(now / 1e9);
    return [wireBytes("Sync"), frequency, wireBytes("ClockSnapshot", 1, now, seconds, now % 1e9)];
  }

  #stream(thread: Arg): Stream {
    let stream = this.#streams.get(thread);
    if (stream === undefined) {
      stream = { batches: [], isOpen: false, size: 0, time: 0 };
      this.#streams.set(thread, stream);
    }
    return stream;
  }

  #openBatch(stream: Stream, at: number): void {
    const ticks = this.#ticks(Math.max(at, stream.time));
    stream.batches.push({ ticks, data: [] });
    stream.isOpen = true;
    stream.size = 0;
    stream.time = Math.trunc(ticks * this.nsPerTick);
  }

  /** The fewest ticks that are not less than a number of nanoseconds. */
  #ticks(ns: number): number {
    let ticks = Math.max(Math.floor(ns / this.nsPerTick) - 1, 0);
    while (Math.trunc(ticks * this.nsPerTick) < ns) ticks++;
    return ticks;
  }
}
