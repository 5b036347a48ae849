import { type Analysis, AnalysisPass, type Reported } from "../../analysis/analysis.js";
import type { StatsReport } from "../../analysis/stats/stats-report.js";
import { TraceStats } from "../../analysis/stats/trace-stats.js";
import { partOf } from "../../select/find-selection.js";
import type { SelectionOptions } from "../options/selection.js";
import type { ExitCode } from "../process/exit-codes.js";
import type { Messages } from "../process/messages.js";
import { Progress } from "./progress.js";
import { type CommonOptions, concludeReading, readAll } from "./reading.js";
import { openWithPart, selectionFailure } from "./selected-input.js";

/** All figures of a trace, or of the part that was asked for. */
export interface TraceReport {
  readonly name: string;
  readonly report: StatsReport;
  /** Done, or incomplete. */
  readonly code: ExitCode;
}

/** Warns of comparing times of a trace that are not measured ones. @param what of those times, in words */
export function warnOfEstimates({ name, report }: TraceReport, what: string, messages: Messages): void {
  if (report.trace.timesEstimated)
    messages.warning(`${name} lacks its clock's frequency: ${what} by estimated times`);
}

/**
 * Reads a trace, or the window of it that was asked for, to its end or its break. All of its events are analysed; a selection
 * chooses what is reported.
 * @param top how many single goroutines, tasks, regions and GC cycles are told of
 * @param more makes what else is to be fed with the trace, given the goroutines that are selected, if some are
 * @throws Failure if there is nothing to tell
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
    const isLost = trace.diagnostics.entries().some(({ severity }) => severity === "loss");
    const report = stats.report(isLost || error !== undefined, trace.diagnostics.hasEstimatedTimes);
    const code = concludeReading(name, trace, error, report.trace.events > 0, options, messages);
    return { name, report, code };
  } catch (error) {
    await trace.close();
    throw selectionFailure(error, name);
  }
}
