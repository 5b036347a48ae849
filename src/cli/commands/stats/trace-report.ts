import { type Analysis, AnalysisPass, type Reported } from "../../../analysis/analysis.js";
import type { StatsReport } from "../../../analysis/stats/stats-report.js";
import { TraceStats } from "../../../analysis/stats/trace-stats.js";
import { breathe } from "../../../base/breather.js";
import { partOf } from "../../../select/find-selection.js";
import { Progress } from "../../input/progress.js";
import { concludeReading, readAll } from "../../input/reading.js";
import { openWithPart } from "../../input/selected-input.js";
import { selectionFailure } from "../../input/trace-failure.js";
import type { CommonOptions } from "../../options/common.js";
import type { SelectionOptions } from "../../options/selection.js";
import type { ExitCode } from "../../process/exit-codes.js";
import type { Messages } from "../../process/messages.js";

/** All figures of a trace, or of the selected part. */
export interface TraceReport {
  readonly name: string;
  readonly report: StatsReport;
  /** Done, or incomplete. */
  readonly code: ExitCode;
}

/** Warns if the times of a trace are estimates. @param what describes what happens with the times */
export function warnOfEstimates({ name, report }: TraceReport, what: string, messages: Messages): void {
  if (report.trace.timesEstimated)
    messages.warning(`${name} lacks its clock's frequency: ${what} by estimated times`);
}

/**
 * Reads a trace, or the selected window, to its end or its first error. The analyses see all events; a
 * goroutine selection limits what is reported.
 * @param top number of goroutines, tasks, regions and GC cycles to list
 * @param more creates additional analyses, with the selected goroutines if there is a selection
 * @throws Failure if nothing could be read
 */
export async function readReport(
  path: string,
  top: number,
  options: CommonOptions & SelectionOptions,
  messages: Messages,
  more: (reported: Reported | undefined) => readonly Analysis[] = () => [],
): Promise<TraceReport> {
  const { input, part } = await openWithPart(path, options);
  const { name } = input;
  const trace = partOf(input.trace, { window: part.window });
  try {
    const reported = part.selection?.goroutines;
    const stats = new TraceStats({ top, ...(reported && { reported }) });
    const pass = new AnalysisPass([...stats.analyses, ...more(reported)]);
    const progress = new Progress(input, options);
    let events = 0;
    const error = await readAll(trace, (block) => {
      pass.events(block);
      events += block.length;
      progress.update(events);
    }).finally(() => progress.stop());
    pass.end();
    // Both the end of the pass and the report take long for a trace of 100,000 functions.
    await breathe();
    const isLost = trace.diagnostics.entries().some(({ severity }) => severity === "loss");
    const report = stats.report(isLost || error !== undefined, trace.diagnostics.hasEstimatedTimes);
    const code = concludeReading(name, trace, error, report.trace.events > 0, options, messages);
    return { name, report, code };
  } catch (error) {
    await trace.close();
    throw selectionFailure(error, name);
  }
}
