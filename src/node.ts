import { FileSource } from "./bytes/file-source.js";
import { openTrace } from "./order/open.js";
import type { Trace, TraceOptions } from "./order/trace.js";

export * from "./index.js";
export { FileSource };

/** Opens a trace file, read with random access: not even a generation is held in memory. */
export async function openTraceFile(path: string, options: TraceOptions = {}): Promise<Trace> {
  return openTrace(await FileSource.open(path), options);
}
