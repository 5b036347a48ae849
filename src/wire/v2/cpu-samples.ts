import { grown } from "../../base/columns.js";
import { TraceError } from "../../base/errors.js";
import { NONE } from "../../base/ids.js";
import type { ByteCursor } from "../../bytes/byte-cursor.js";
import { wireType } from "./spec.js";

const CPU_SAMPLE = wireType("CPUSample");

/** The CPU profile samples of a generation, in columns and in file order. */
export class CpuSamples {
  length = 0;
  /** Offset of the first byte in the input. */
  offset = new Float64Array(0);
  /** In ticks. */
  time = new Float64Array(0);
  thread = new Float64Array(0);
  proc = new Float64Array(0);
  goroutine = new Float64Array(0);
  /** Id in the generation's stack table. */
  stack = new Float64Array(0);

  /** Adds a sample. @returns its index, for the caller to fill the columns */
  add(): number {
    if (this.length === this.time.length) this.#grow(this.length + 1);
    return this.length++;
  }

  /**
   * The indices ordered by time.
   * @param at returns the time of an index; samples of the same time keep their file order
   */
  order(at: (index: number) => number): Uint32Array {
    const indices = Uint32Array.from({ length: this.length }, (_, i) => i);
    return indices.sort((a, b) => at(a) - at(b) || a - b);
  }

  #grow(length: number): void {
    this.offset = grown(this.offset, length);
    this.time = grown(this.time, length);
    this.thread = grown(this.thread, length);
    this.proc = grown(this.proc, length);
    this.goroutine = grown(this.goroutine, length);
    this.stack = grown(this.stack, length);
  }
}

/**
 * Reads the samples of a batch into `samples`.
 * @param data the batch's data after its first byte
 * @param dataOffset offset of the batch's data in the input
 * @throws TraceError `malformed-table`; MalformedBytes if the data ends within a sample
 */
export function readCpuSamples(data: ByteCursor, dataOffset: number, samples: CpuSamples): void {
  while (data.remaining > 0) {
    const offset = dataOffset + data.position;
    const type = data.byte();
    if (type !== CPU_SAMPLE)
      throw new TraceError("malformed-table", `expected a CPU sample, found event ${type}`);
    const time = data.uvarint();
    const thread = data.id();
    const proc = data.id();
    const goroutine = data.id();
    const stack = data.uvarint();
    const i = samples.add();
    samples.offset[i] = offset;
    samples.time[i] = time;
    samples.thread[i] = thread;
    samples.proc[i] = proc;
    samples.goroutine[i] = goroutine === 0 ? NONE : goroutine;
    samples.stack[i] = stack;
  }
}
