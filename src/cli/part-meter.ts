import type { TraceSink } from "../sink/trace-sink.js";

/** How much a part may hold; what is absent is not limited. */
export interface PartLimits {
  readonly bytes?: number | undefined;
  readonly events?: number | undefined;
}

/** Says when the part that is being written is full: before one more block could make it too large. */
export class PartMeter {
  readonly #bytes: number;
  readonly #events: number;
  #sink: TraceSink | undefined;
  /** Bytes that the sink has been relieved of. */
  #taken = 0;
  /** What the part would take if it ended, when that was asked for last. */
  #last = 0;
  /** What a block has added to that at most. */
  #largest = 0;

  constructor({ bytes, events }: PartLimits) {
    this.#bytes = bytes ?? Number.POSITIVE_INFINITY;
    this.#events = events ?? Number.POSITIVE_INFINITY;
  }

  /** Bytes that have been written of the part. */
  get size(): number {
    return this.#taken;
  }

  /** Whether the part, which has been written, is larger than it was to be. */
  get isTooLarge(): boolean {
    return this.#taken > this.#bytes;
  }

  /** Another part begins. */
  begin(sink: TraceSink): void {
    this.#sink = sink;
    this.#taken = 0;
    this.#last = 0;
    this.#largest = 0;
  }

  /** Bytes leave the sink for the file. */
  take(bytes: number): void {
    this.#taken += bytes;
  }

  readonly isFull = (events: number): boolean => {
    if (events >= this.#events) return true;
    if (this.#sink === undefined || this.#bytes === Number.POSITIVE_INFINITY) return false;
    const { output, pending = 0 } = this.#sink;
    const size = this.#taken + output.length + pending;
    this.#largest = Math.max(this.#largest, size - this.#last);
    this.#last = size;
    return size + this.#largest > this.#bytes;
  };
}
