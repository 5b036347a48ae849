import {
  autoDetail,
  convert,
  createGoSink,
  createSink,
  type Format,
  intactOrRepaired,
  keptOf,
  type Omission,
  type ReadingMessage,
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
  if (format !== "trim.trace" || !isWhole(file)) return attempt(file, format, choices, false);
  return intactOrRepaired((intact) => attempt(file, format, choices, intact));
}

/** @param intact whether a Go trace is to keep what it can of an intact file @throws NeedsRepair if the file is not */
async function attempt(
  file: TraceFile,
  format: Output,
  choices: Choices,
  intact: boolean,
): Promise<{ products: Product[]; reading: Reading }> {
  const path = await pathFor(file, format, choices);
  const trace = await file.chosen();
  const changes = { renamed: choices.anonymize };
  const kept = intact ? keptOf(trace.format, changes) : undefined;
  const sink =
    format === "trim.trace"
      ? await createGoSink(trace.format, changes, kept)
      : await viewerSink(file, format, choices, path);
  const output = new OutputBlob();
  const { events, duration, error } = await convert(trace, sink, {
    write: (bytes) => output.write(bytes),
    progress: (events) => file.progress(trace, events),
    intact: kept !== undefined,
  });
  const reading = file.reading(trace, events, duration, error);
  const [first] = reading.messages;
  if (events === 0 && first !== undefined) throw new WorkError(first);
  const blob = kept === "bytes" ? await file.bytes() : output.finish();
  return {
    products: [{ name: `${stem(file.title)}.${format}`, blob }],
    reading: { ...reading, leftOut: [...reading.leftOut, ...(sink.omissions ?? []).map(leftOutMessage)] },
  };
}

/** The text is that of the file too, and names options of the command line. */
function leftOutMessage({ text, cause }: Omission): ReadingMessage {
  return cause === "viewer-limit"
    ? { text, advice: "On this page: choose detail “full” in the options, or a part by “from” and “to”." }
    : { text };
}

const isWhole = ({ part }: TraceFile) => part.window === undefined && part.selection === undefined;

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
  const auto = detail === "auto" ? autoDetail(format, isWhole(file) ? file.size : undefined) : { detail };
  return createSink(format, file.title, auto.detail, { ...view, ...auto, path });
}

/** A trace's name without its extensions. */
export function stem(name: string): string {
  return name.replace(/\.gz$/, "").replace(/\.[^.]+$/, "") || name;
}
