import { Overview, SlowTasks } from "go2perfetto";
import { isTraceUrl, reportPage } from "go2perfetto/html";
import type { Choices, Product, Reading } from "../messages.js";
import { stem } from "./conversion.js";
import { type TraceFile, WorkError } from "./trace-file.js";

/** The program that makes the report, with its version: filled in when the page is built. */
declare const GENERATOR: string;

/** The report on the chosen part of a trace, as a page of its own. */
export async function report(
  file: TraceFile,
  { traceUrl }: Choices,
): Promise<{ products: Product[]; reading: Reading }> {
  if (traceUrl !== "" && !isTraceUrl(traceUrl)) {
    throw new WorkError({ text: "Task links: it is not an http or https URL with {trace_id} in it" });
  }
  const { window, selection } = file.part;
  const reported = selection?.goroutines;
  const overview = new Overview({ window, ...(reported && { reported }) });
  const trace = await file.windowed();
  const error = await file.analyse(trace, overview.analyses);
  const { diagnostics } = trace;
  const figures = overview.figures(
    error !== undefined || diagnostics.losses().length > 0,
    diagnostics.hasEstimatedTimes,
  );
  const reading = file.reading(trace, figures.trace.events, figures.trace.duration, error);
  const [first] = reading.messages;
  if (figures.trace.events === 0 && first !== undefined) throw new WorkError(first);
  const slow = new SlowTasks(figures.stats.tasks.top, figures.stats.start);
  if (slow.analyses.length > 0) await file.analyse(await file.windowed(), slow.analyses);
  const page = reportPage(
    { name: file.title, figures, paths: slow.paths, traceUrl: traceUrl || undefined },
    GENERATOR,
  );
  const blob = new Blob([page], { type: "text/html" });
  return { products: [{ name: `${stem(file.title)}.html`, blob }], reading };
}
