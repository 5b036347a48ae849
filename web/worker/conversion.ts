import {
  autoDetail,
  canKeepTicks,
  convert,
  createGoSink,
  createSink,
  type Format,
  isMended,
  type TraceSink,
} from "go2perfetto";
import type { CriticalPathView } from "go2perfetto/perfetto";
import type { Choices, Output, Product, Reading } from "../messages.js";
import { OutputBlob } from "./output-blob.js";
import { type TraceFile, WorkError } from "./trace-file.js";

/** Converts the chosen part of a trace. */
export async function converted(
  file: TraceFile,
  format: Output,
  choices: Choices,
): Promise<{ products: Product[]; reading: Reading }> {
  const isWhole = file.part.window === undefined && file.part.selection === undefined;
  const made = format === "trim.trace" && isWhole ? await attempt(file, format, choices, true) : undefined;
  return made ?? ((await attempt(file, format, choices, false)) as Made);
}

type Made = { products: Product[]; reading: Reading };

/** @param keepTicks whether a Go trace is to keep timestamps @returns undefined if it cannot */
async function attempt(
  file: TraceFile,
  format: Output,
  choices: Choices,
  keepTicks: boolean,
): Promise<Made | undefined> {
  const path = await pathFor(file, format, choices);
  const trace = await file.chosen();
  const keeps = keepTicks && canKeepTicks(trace.format);
  const sink =
    format === "trim.trace"
      ? await createGoSink(trace.format, undefined, { keepTicks: keeps })
      : await viewerSink(file, format, choices, path);
  const output = new OutputBlob();
  const { events, duration, error } = await convert(trace, sink, {
    write: (bytes) => output.write(bytes),
    progress: (events) => file.progress(trace, events),
  });
  if (keeps && (error !== undefined || isMended(trace, sink))) return undefined;
  const reading = file.reading(trace, events, duration, error);
  const [first] = reading.messages;
  if (events === 0 && first !== undefined) throw new WorkError(first);
  return {
    products: [{ name: `${stem(file.title)}.${format}`, blob: output.finish() }],
    reading: { ...reading, leftOut: (sink.omissions ?? []).map(({ text }) => text) },
  };
}

/** The critical path for a picture that shows it. */
async function pathFor(
  file: TraceFile,
  format: Output,
  { detail, tracks }: Choices,
): Promise<CriticalPathView | undefined> {
  return format === "pftrace" && detail !== "lean" && tracks.includes("path") ? file.shownPath() : undefined;
}

function viewerSink(
  file: TraceFile,
  format: Format,
  { detail, ...view }: Choices,
  path: CriticalPathView | undefined,
): Promise<TraceSink> {
  const isWhole = file.part.window === undefined && file.part.selection === undefined;
  const auto = detail === "auto" ? autoDetail(isWhole ? file.size : undefined) : { detail };
  return createSink(format, file.title, auto.detail, { ...view, ...auto, path });
}

/** A trace's name without its extensions. */
export function stem(name: string): string {
  return name.replace(/\.gz$/, "").replace(/\.[^.]+$/, "") || name;
}
