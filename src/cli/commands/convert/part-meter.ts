import type { Detail } from "../../../sink/create-sink.js";
import type { Format } from "../../../sink/formats.js";
import type { TraceSink } from "../../../sink/trace-sink.js";

/** How much a part may hold. Infinity is no limit. */
export interface PartLimits {
  readonly bytes: number;
  /** Events of the trace during the part, selected or not. */
  readonly events: number;
  /** Goroutines with their own row. */
  readonly goroutines: number;
}

export const NO_LIMITS: PartLimits = {
  bytes: Number.POSITIVE_INFINITY,
  events: Number.POSITIVE_INFINITY,
  goroutines: Number.POSITIVE_INFINITY,
};

/**
 * What Perfetto's UI (v52, in Chromium) opens with about 40 s of CPU time, of JSON a minute, and 1.2 GB even on a busy
 * machine. Measured there, after 7 s to start: 20 to 30 µs per event in full detail, 10 µs in lean, and 0.17 s per megabyte
 * of JSON. Rows of goroutines take 230 µs each with slices and 85 µs without: 100,000 in full detail took 3.2 GB, 200,000 in
 * lean 2.7 GB, and 400,000 did not open in two minutes.
 *
 * The goroutine limit of full parts is below that of `--detail auto`, by what {@link PartMeter} allows beyond
 * the goroutines at the beginning of a part.
 */
const LIMITS: Readonly<Record<Format, Readonly<Record<"full" | "lean", PartLimits>>>> = {
  pftrace: {
    full: { ...NO_LIMITS, events: 1_100_000, goroutines: 40_000 },
    lean: { ...NO_LIMITS, events: 3_500_000, goroutines: 100_000 },
  },
  json: {
    full: { ...NO_LIMITS, bytes: 300_000_000, goroutines: 40_000 },
    lean: { ...NO_LIMITS, bytes: 300_000_000, goroutines: 40_000 },
  },
};

/** The limits of a part that a browser can open. */
export function browserLimits(format: Format, detail: Detail): PartLimits {
  return LIMITS[format][detail === "lean" ? "lean" : "full"];
}

/** The least room for new goroutines in a part, as a share of its limit. */
const LEAST_ROOM = 1 / 4;

/** Decides when the current part is full: before one more block could make it too large. */
export class PartMeter {
  readonly #limits: PartLimits;
  /** Bytes of the current part. */
  #bytes: Gauge;
  /** Undefined until the number of goroutines at the beginning of the part is known. */
  #goroutines: Gauge | undefined;
  #sink: TraceSink | undefined;
  /** Bytes taken out of the sink. */
  #taken = 0;

  /** @param limits limits of a part */
  constructor(limits: PartLimits) {
    this.#limits = limits;
    this.#bytes = new Gauge(limits.bytes);
  }

  /** Bytes written for the part. */
  get size(): number {
    return this.#taken;
  }

  /** Goroutines that have a row in the part. */
  get goroutines(): number {
    return this.#sink?.goroutines ?? 0;
  }

  /** Begins another part. */
  begin(sink: TraceSink): void {
    this.#sink = sink;
    this.#taken = 0;
    this.#bytes = new Gauge(this.#limits.bytes);
    this.#goroutines = undefined;
  }

  /** Counts bytes that move from the sink to the file. */
  take(bytes: number): void {
    this.#taken += bytes;
  }

  readonly isFull = (events: number): boolean => {
    const { bytes, events: mostEvents, goroutines } = this.#limits;
    if (events >= mostEvents) return true;
    if (this.#sink === undefined) return false;
    if (goroutines !== Number.POSITIVE_INFINITY && this.#hasManyGoroutines(goroutines)) return true;
    if (bytes === Number.POSITIVE_INFINITY) return false;
    const { output, pending = 0 } = this.#sink;
    return this.#bytes.isFull(this.#taken + output.length + pending);
  };

  /**
   * All goroutines that are alive where a part begins belong to it. If they leave little room, the part
   * exceeds its limit: thousands of small parts would be worse.
   */
  #hasManyGoroutines(most: number): boolean {
    const now = this.goroutines;
    this.#goroutines ??= new Gauge(Math.max(most, now + most * LEAST_ROOM), now);
    return this.#goroutines.isFull(now);
  }
}

/** A quantity that grows with each block and has a limit. */
class Gauge {
  readonly #most: number;
  #last: number;
  /** The largest growth by a block. */
  #largest = 0;

  /** @param start the quantity at the beginning */
  constructor(most: number, start = 0) {
    this.#most = most;
    this.#last = start;
  }

  /** Whether another block could exceed the limit. */
  isFull(now: number): boolean {
    this.#largest = Math.max(this.#largest, now - this.#last);
    this.#last = now;
    return now + this.#largest > this.#most;
  }
}
