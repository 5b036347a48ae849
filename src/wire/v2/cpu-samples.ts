import { TraceError } from "../../base/errors.js";
import { NONE } from "../../base/ids.js";
import type { ByteCursor } from "../../bytes/byte-cursor.js";
import { wireType } from "./spec.js";

const CPU_SAMPLE = wireType("CPUSample");

/** One CPU profile sample. */
export interface CpuSample {
  /** Offset of its first byte in the input. */
  readonly offset: number;
  /** In ticks. */
  readonly time: number;
  readonly thread: number;
  readonly proc: number;
  readonly goroutine: number;
  /** Id in the generation's stack table. */
  readonly stack: number;
}

/**
 * Reads the samples of a batch into `samples`.
 * @param data the batch's data behind its first byte
 * @param dataOffset offset of the batch's data in the input
 * @throws TraceError `malformed-table`, MalformedBytes if it ends within a sample
 */
export function readCpuSamples(data: ByteCursor, dataOffset: number, samples: CpuSample[]): void {
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
    samples.push({ offset, time, thread, proc, goroutine: goroutine === 0 ? NONE : goroutine, stack });
  }
}
