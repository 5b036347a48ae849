import type { ByteSource } from "../bytes/byte-source.js";
import { ChunkReader } from "../bytes/chunk-reader.js";
import { HEADER_LENGTH, parseHeader } from "../wire/format.js";
import type { Trace, TraceOptions } from "./trace.js";
import { TraceV2 } from "./v2/trace.js";

/**
 * Opens a trace and reads its header.
 * @throws TraceError `not-a-trace` or `unsupported-version`; errors of the source
 */
export async function openTrace(source: ByteSource, options: TraceOptions = {}): Promise<Trace> {
  const { size } = source;
  const readAt = source.readAt?.bind(source);
  const input = new ChunkReader(
    readAt !== undefined && size !== undefined ? { size, readAt } : source.chunks(),
  );
  try {
    const available = await input.need(HEADER_LENGTH);
    if (available < HEADER_LENGTH && input.failure !== undefined) throw input.failure;
    const start = input.buffer.subarray(input.position, input.position + Math.min(available, HEADER_LENGTH));
    const format = parseHeader(start);
    input.skip(HEADER_LENGTH);
    if (format.generation !== 1) return new TraceV2(format, input, source, options);
    // Half of the code of reading, for traces that few have.
    const { TraceV1 } = await import("./v1/trace.js");
    return new TraceV1(format, input, source, options);
  } catch (error) {
    await input.close();
    await source.close?.();
    throw error;
  }
}
