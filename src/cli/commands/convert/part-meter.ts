import type { TraceSink } from "../../../sink/trace-sink.js";
import { Gauge } from "./gauge.js";
import type { PartLimits } from "./part-limits.js";

/** Share of its goroutines that a part may have besides those that it begins with, at least. */
const LEAST_ROOM = 1 / 4;

/** Says when the part that is being written is full: before one more block could make it too large. */
export class PartMeter {
  readonly #limits: PartLimits;
  /** Of the part under way. */
  #bytes: Gauge;
  /** Undefined until it is known how many goroutines there are where the part begins. */
  #goroutines: Gauge | undefined;
  #sink: TraceSink | undefined;
  /** Bytes that the sink has been relieved of. */
  #taken = 0;

  /** @param limits how much a part may hold */
  constructor(limits: PartLimits) {
    this.#limits = limits;
    this.#bytes = new Gauge(limits.bytes);
  }

  /** Bytes that have been written of the part. */
  get size(): number {
    return this.#taken;
  }

  /** Goroutines that have a row in the part. */
  get goroutines(): number {
    return this.#sink?.goroutines ?? 0;
  }

  /** Another part begins. */
  begin(sink: TraceSink): void {
    this.#sink = sink;
    this.#taken = 0;
    this.#bytes = new Gauge(this.#limits.bytes);
    this.#goroutines = undefined;
  }

  /** Bytes leave the sink for the file. */
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
   * Those that are alive where a part begins are in it, however many. Where they leave little room a part holds more than
   * it should, since no part would be better if there were thousands of them.
   */
  #hasManyGoroutines(most: number): boolean {
    const now = this.goroutines;
    this.#goroutines ??= new Gauge(Math.max(most, now + most * LEAST_ROOM), now);
    return this.#goroutines.isFull(now);
  }
}
