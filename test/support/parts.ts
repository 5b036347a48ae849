import { openTraceFile } from "../../src/node.js";
import type { Trace } from "../../src/order/trace.js";
import { type SplitOptions, splitTrace } from "../../src/select/split-trace.js";
import { ChromeSink } from "../../src/sink/chrome/chrome-sink.js";
import { type Conversion, convert } from "../../src/sink/convert.js";
import { FullSink } from "../../src/sink/perfetto/full-sink.js";
import { baseInFile, LeanSink } from "../../src/sink/perfetto/lean-sink.js";
import type { TraceSink, TraceSummary } from "../../src/sink/trace-sink.js";
import { AS_GO_TELLS } from "./full-output.js";

export type MakeSink = () => TraceSink;

export const fullSink: MakeSink = () => new FullSink("test", AS_GO_TELLS);
export const leanSink: MakeSink = () => new LeanSink("test", AS_GO_TELLS);
export const jsonSink: MakeSink = () => new ChromeSink("test");
export const leanJsonSink: MakeSink = () => new ChromeSink("test", { lean: true });

/** A part of a trace, converted. */
export interface ConvertedPart extends Conversion {
  readonly bytes: Uint8Array;
  /** Absolute time of its start, as a .pftrace has it. */
  readonly base: number;
  /** Where it begins in the whole, in nanoseconds. */
  readonly from: number;
  /** What the sink was told at the end. */
  readonly summary: TraceSummary | undefined;
}

/** Converts a trace, or a part of one. */
export async function convertedPart(trace: Trace, makeSink: MakeSink = fullSink): Promise<ConvertedPart> {
  const chunks: Uint8Array[] = [];
  const sink = makeSink();
  let summary: TraceSummary | undefined;
  const end = sink.end.bind(sink);
  sink.end = (told) => {
    summary = told;
    // So that a part is compared with a window: that has no number.
    const { part, ...rest } = told;
    return end({ ...rest, ...(part && { part: { from: part.from, to: part.to } }) });
  };
  const result = await convert(trace, sink, { write: (bytes) => void chunks.push(bytes.slice()) });
  const bytes = new Uint8Array(Buffer.concat(chunks));
  const from = trace.part?.from ?? 0;
  return { ...result, bytes, base: baseInFile(trace.timeBase - from) + from, from, summary };
}

/** Converts all parts of a trace file. */
export async function convertedParts(
  path: string,
  options: SplitOptions,
  makeSink: MakeSink = fullSink,
): Promise<ConvertedPart[]> {
  return partsOf(await openTraceFile(path), options, makeSink);
}

/** Converts all parts of a trace. */
export async function partsOf(
  trace: Trace,
  options: SplitOptions,
  makeSink: MakeSink = fullSink,
): Promise<ConvertedPart[]> {
  const parts: ConvertedPart[] = [];
  for await (const part of splitTrace(trace, options)) parts.push(await convertedPart(part, makeSink));
  return parts;
}
