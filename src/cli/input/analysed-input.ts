import { type Analysis, AnalysisPass, type Reported } from "../../analysis/analysis.js";
import type { TraceFigures } from "../../analysis/stats/stats-report.js";
import { breathe } from "../../base/breather.js";
import type { TraceError } from "../../base/errors.js";
import type { Trace } from "../../order/trace.js";
import { partOf } from "../../select/find-selection.js";
import type { TimeWindow } from "../../select/windowed-trace.js";
import type { CommonOptions } from "../options/common.js";
import type { SelectionOptions } from "../options/selection.js";
import type { ExitCode } from "../process/exit-codes.js";
import type { Messages } from "../process/messages.js";
import { type Input, openInput } from "./input.js";
import { Progress } from "./progress.js";
import { concludeReading, readAll, readingOptions } from "./reading.js";
import { openWithPart } from "./selected-input.js";
import { selectionFailure } from "./trace-failure.js";

/** Analyses, and the report that they give after a pass. */
export interface Computation<R> {
  readonly analyses: readonly Analysis[];
  report(incomplete: boolean, timesEstimated: boolean): R | Promise<R>;
}

/** What a trace, or the selected part of it, gave. */
export interface Analysed<R> {
  /** For messages. */
  readonly name: string;
  /** The same for outputs, which may hide it. */
  readonly title: string;
  readonly report: R;
  /** Done, or incomplete. */
  readonly code: ExitCode;
  /** The stretch of the trace that was read; undefined for all of it. */
  readonly window: TimeWindow | undefined;
}

/**
 * Reads a trace, or the selected window, to its end or its first error. The analyses see all events; a
 * goroutine selection limits what is reported.
 * @param make creates the analyses, with the selected goroutines if there is a selection, and the window if there is one
 * @throws Failure if nothing could be read
 */
export async function readAnalyses<R extends { readonly trace: TraceFigures }>(
  path: string,
  options: CommonOptions & SelectionOptions,
  messages: Messages,
  make: (reported: Reported | undefined, window: TimeWindow | undefined) => Computation<R>,
): Promise<Analysed<R>> {
  const { input, part } = await openWithPart(path, options);
  const { name } = input;
  const trace = partOf(input.trace, { window: part.window });
  try {
    const { analyses, report: reportOf } = make(part.selection?.goroutines, part.window);
    const error = await pass(input, trace, analyses, options);
    // Both the end of the pass and the report take long for a trace of 100,000 functions.
    await breathe();
    const isLost = trace.diagnostics.entries().some(({ severity }) => severity === "loss");
    const report = await reportOf(isLost || error !== undefined, trace.diagnostics.hasEstimatedTimes);
    const code = concludeReading(name, trace, error, report.trace.events > 0, options, messages);
    const title = options.naming === undefined ? name : input.title;
    return { name, title, report, code, window: part.window };
  } catch (error) {
    await trace.close();
    throw selectionFailure(error, name);
  }
}

/** Reads a file a second time, for analyses that need the results of the first. Its losses have been reported. */
export async function readAgain(
  path: string,
  window: TimeWindow | undefined,
  options: CommonOptions,
  analyses: readonly Analysis[],
): Promise<void> {
  const input = await openInput(path, options, await readingOptions(options));
  const trace = partOf(input.trace, { window });
  try {
    await pass(input, trace, analyses, options);
  } catch (error) {
    await trace.close();
    throw selectionFailure(error, input.name);
  }
}

/** Feeds a trace to analyses. @returns the error that ended it early */
async function pass(
  input: Input,
  trace: Trace,
  analyses: readonly Analysis[],
  options: CommonOptions,
): Promise<TraceError | undefined> {
  const all = new AnalysisPass(analyses);
  const progress = new Progress(input, options);
  let events = 0;
  const error = await readAll(trace, (block) => {
    all.events(block);
    events += block.length;
    progress.update(events);
  }).finally(() => progress.stop());
  all.end();
  return error;
}
