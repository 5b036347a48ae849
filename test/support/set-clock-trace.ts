import { NO_THREAD, TraceBuilder, wireBytes, wireString } from "./trace-builder.js";

/** Nanoseconds from one generation to the next; from its beginning to the long region, to its own region, to the log in that, and to that's end. */
const GENERATION = 1_000_000_000;
const LONG = 1000;
const REGION = 200_000_000;
const LOG = 300_000_000;
const END = 400_000_000;

/** Wall clock at the start of the trace. */
const START = 1_700_000_000_123_456_789n;
/** Absolute time of that on the trace's clock. */
const BASE = 5_000_000_000;
const THREAD = 100;

/** A region with a log in it, within one generation. */
export interface Marked {
  readonly name: string;
  /** In nanoseconds since the start of the trace. */
  readonly start: number;
  readonly log: number;
  readonly end: number;
}

/** A trace of Go 1.25 in which someone sets the wall clock, with what it holds. */
export class SetClockTrace {
  /** One for each generation. */
  readonly regions: Marked[] = [];
  /** From the first generation to the last. */
  readonly long: { readonly start: number; readonly end: number };

  /** @param offsets by how much the wall clock is ahead of what it would be had nobody set it, by generation, in nanoseconds */
  constructor(private readonly offsets: readonly number[]) {
    this.regions = offsets.map((_, index) => ({
      name: `r${index + 1}`,
      start: index * GENERATION + REGION,
      log: index * GENERATION + LOG,
      end: index * GENERATION + END,
    }));
    this.long = { start: LONG, end: (offsets.length - 1) * GENERATION + END + 1 };
  }

  /** What an unset clock would show. @param time in nanoseconds since the start of the trace */
  wallAt(time: number): bigint {
    return START + BigInt(time);
  }

  bytes(): Uint8Array {
    const builder = new TraceBuilder(25);
    this.offsets.forEach((offset, index) => {
      if (index > 0) builder.nextGeneration();
      this.#generation(builder, index, offset);
    });
    return builder.bytes();
  }

  #generation(builder: TraceBuilder, index: number, offset: number): void {
    const begin = BASE + index * GENERATION;
    const isLast = index === this.offsets.length - 1;
    const wall = this.wallAt(index * GENERATION) + BigInt(offset);
    builder.batch(
      THREAD,
      begin,
      wireBytes("ProcStatus", 0, 0, 1),
      wireBytes("GoStatus", 0, 1, THREAD, 2),
      ...(index === 0 ? [wireBytes("UserRegionBegin", LONG, 0, 3, 0)] : []),
      wireBytes("UserRegionBegin", index === 0 ? REGION - LONG : REGION, 0, 1, 0),
      wireBytes("UserLog", LOG - REGION, 0, 2, 2, 0),
      wireBytes("UserRegionEnd", END - LOG, 0, 1, 0),
      ...(isLast ? [wireBytes("UserRegionEnd", 1, 0, 3, 0)] : []),
    );
    builder.batch(
      NO_THREAD,
      begin,
      wireBytes("Strings"),
      wireString(1, `r${index + 1}`),
      wireString(2, `log ${index + 1}`),
      wireString(3, "long"),
    );
    const clock = wireBytes("ClockSnapshot", 0, begin, wall / 1_000_000_000n, wall % 1_000_000_000n);
    builder.batch(NO_THREAD, begin, wireBytes("Sync"), wireBytes("Frequency", 1e9), clock);
  }
}
