import { ByteWriter } from "../../src/bytes/writer.js";
import { wireType } from "../../src/wire/v2/spec.js";
import { type Arg, TraceBuilder } from "./trace-builder.js";

/** Bytes from which on a batch takes no further event, well below what it can hold. */
const FULL = 60_000;

/** Writes the events of one thread into as many batches of a trace as they take. A timestamp is a nanosecond. */
export class BatchWriter {
  readonly #data = new ByteWriter(1 << 8);
  #time = 0;
  #start = 0;

  constructor(
    readonly trace: TraceBuilder,
    readonly thread: Arg,
    start = 10,
  ) {
    this.#time = start;
    this.#start = start;
  }

  /** Of the last event. */
  get time(): number {
    return this.#time;
  }

  /** @param delta nanoseconds since the thread's event before */
  event(name: string, delta: number, ...args: readonly number[]): this {
    if (this.#data.length > FULL) this.end();
    this.#time += delta;
    this.#data.byte(wireType(name));
    this.#data.uvarint(delta);
    for (const arg of args) this.#data.uvarint(arg);
    return this;
  }

  /** Adds the batch under way to the trace. */
  end(): TraceBuilder {
    if (this.#data.length > 0) this.trace.batch(this.thread, this.#start, this.#data.view().slice());
    this.#data.clear();
    this.#start = this.#time;
    return this.trace;
  }
}

/** A trace of a thread that runs goroutine 1 on P 0, to which events can be added. */
export function runningThread(trace = new TraceBuilder().frequency()): BatchWriter {
  return new BatchWriter(trace, 7).event("ProcStatus", 1, 0, 1).event("GoStatus", 1, 1, 7, 2);
}
