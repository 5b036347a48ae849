import type { Analysis, Reported } from "../../../analysis/analysis.js";
import { Explanation } from "../../../analysis/explain/explanation.js";
import type { ExplainReport } from "../../../analysis/explain/finding.js";
import type { StatsReport } from "../../../analysis/stats/stats-report.js";
import { TraceStats } from "../../../analysis/stats/trace-stats.js";
import { inTurns } from "../../../base/breather.js";
import type { TimeWindow } from "../../../select/windowed-trace.js";
import { type Analysed, readAnalyses } from "../../input/analysed-input.js";
import type { CommonOptions } from "../../options/common.js";
import type { SelectionOptions } from "../../options/selection.js";
import type { Messages } from "../../process/messages.js";

/** All figures of a trace, or of the selected part. */
export type TraceReport = Analysed<StatsReport>;

/** All figures, and what held the program back. */
export interface ExplainedReport extends TraceReport {
  readonly explained: ExplainReport;
}

/** Warns if the times of a trace are estimates. @param what describes what happens with the times */
export function warnOfEstimates({ name, report }: TraceReport, what: string, messages: Messages): void {
  if (report.trace.timesEstimated)
    messages.warning(`${name} lacks its clock's frequency: ${what} by estimated times`);
}

/**
 * Computes all figures of a trace: see {@link readAnalyses}.
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
  return readStats(path, top, options, messages, (_stats, reported) => more(reported));
}

/**
 * The same, and in the same pass the findings of `explain`.
 * @param findings the most findings
 */
export async function readExplainedReport(
  path: string,
  { top, findings }: { readonly top: number; readonly findings: number },
  options: CommonOptions & SelectionOptions,
  messages: Messages,
  more: (reported: Reported | undefined) => readonly Analysis[] = () => [],
): Promise<ExplainedReport> {
  let explanation: Explanation | undefined;
  const read = await readStats(path, top, options, messages, ({ program }, reported, window) => {
    explanation = new Explanation({ top: findings, window, program, ...(reported && { reported }) });
    return [...explanation.analyses, ...more(reported)];
  });
  const { incomplete, timesEstimated } = read.report.trace;
  // The callback has run: reading fails otherwise.
  const explained = (explanation as Explanation | undefined)?.report(incomplete, timesEstimated);
  return { ...read, explained: explained as ExplainReport };
}

function readStats(
  path: string,
  top: number,
  options: CommonOptions & SelectionOptions,
  messages: Messages,
  more: (
    stats: TraceStats,
    reported: Reported | undefined,
    window: TimeWindow | undefined,
  ) => readonly Analysis[],
): Promise<TraceReport> {
  return readAnalyses(path, options, messages, (reported, window) => {
    const start = window?.from;
    const stats = new TraceStats({ top, start, linkLogs: options.linkLog, ...(reported && { reported }) });
    return {
      analyses: [...stats.analyses, ...more(stats, reported, window)],
      report: (...state) => inTurns(stats.reportInSteps(...state)),
    };
  });
}
