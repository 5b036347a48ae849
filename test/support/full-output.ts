import { openTraceFile } from "../../src/node.js";
import type { Trace } from "../../src/order/trace.js";
import { convert } from "../../src/sink/convert.js";
import { FullSink } from "../../src/sink/perfetto/full-sink.js";
import { baseInFile } from "../../src/sink/perfetto/lean-sink.js";
import type { PerfettoOptions } from "../../src/sink/perfetto/options.js";
import type { Omission } from "../../src/sink/trace-sink.js";
import { TRACK_GROUPS } from "../../src/sink/view-options.js";
import type { CorpusTrace } from "./corpus.js";
import { LIKE_GO } from "./reading.js";
import { TraceProcessor } from "./trace-processor.js";

/** Everything as often as the events tell it: to compare with what Go tells. */
export const AS_GO_TELLS: PerfettoOptions = { tracks: TRACK_GROUPS, keepYields: true, lanes: "never" };

/** A full conversion. */
export interface FullOutput {
  readonly bytes: Uint8Array;
  readonly omissions: readonly Omission[];
  /** Absolute time that the start of the trace has in it. */
  readonly base: number;
}

/** Converts a trace at full detail. */
export async function fullOutput(path: string, options: PerfettoOptions = {}): Promise<FullOutput> {
  const parts: Uint8Array[] = [];
  const sink = new FullSink("test", options);
  const trace = await openTraceFile(path, LIKE_GO);
  await convert(trace, sink, { write: (bytes) => void parts.push(bytes.slice()) });
  return {
    bytes: new Uint8Array(Buffer.concat(parts)),
    omissions: sink.omissions,
    base: baseInFile(trace.timeBase),
  };
}

/** Loads it into Perfetto's trace processor for the time that `use` takes. */
export async function withFull<Result>(
  path: string,
  options: PerfettoOptions,
  use: (tp: TraceProcessor, output: FullOutput) => Result,
): Promise<Result> {
  const output = await fullOutput(path, options);
  const tp = await TraceProcessor.load(output.bytes);
  try {
    return use(tp, output);
  } finally {
    tp.close();
  }
}

/** The bytes of a full conversion. */
export async function fullBytes(trace: Trace, options: PerfettoOptions = {}): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const write = (bytes: Uint8Array): void => {
    parts.push(bytes.slice());
  };
  await convert(trace, new FullSink("test", options), { write });
  return new Uint8Array(Buffer.concat(parts));
}

/** The bytes of a full conversion of the events that Go's own reader gives too. */
export async function fullBytesOf({ path }: CorpusTrace, options: PerfettoOptions = {}): Promise<Uint8Array> {
  return fullBytes(await openTraceFile(path, LIKE_GO), options);
}
