import { autoDetail, convert, createSink, type Format } from "go2perfetto";
import type { Choices, Product, Reading } from "../messages.js";
import { OutputBlob } from "./output-blob.js";
import { type TraceFile, WorkError } from "./trace-file.js";

/** Converts the chosen part of a trace. @param title name of the trace, for viewers */
export async function converted(
  file: TraceFile,
  format: Format,
  title: string,
  choices: Choices,
): Promise<{ products: Product[]; reading: Reading }> {
  const { detail, ...view } = choices;
  const isWhole = file.part.window === undefined && file.part.selection === undefined;
  const auto = detail === "auto" ? autoDetail(isWhole ? file.size : undefined) : { detail };
  const showsPath = format === "pftrace" && detail !== "lean" && choices.tracks.includes("path");
  const path = showsPath ? await file.shownPath() : undefined;
  const sink = await createSink(format, title, auto.detail, { ...view, ...auto, path });
  const trace = await file.chosen();
  const output = new OutputBlob();
  const { events, duration, error } = await convert(trace, sink, {
    write: (bytes) => output.write(bytes),
    progress: (events) => file.progress(trace, events),
  });
  const reading = file.reading(trace, events, duration, error);
  const [first] = reading.messages;
  if (events === 0 && first !== undefined) throw new WorkError(first);
  return {
    products: [{ name: `${stem(title)}.${format}`, blob: output.finish() }],
    reading: { ...reading, leftOut: (sink.omissions ?? []).map(({ text }) => text) },
  };
}

/** A trace's name without its extensions. */
export function stem(name: string): string {
  return name.replace(/\.gz$/, "").replace(/\.[^.]+$/, "") || name;
}
