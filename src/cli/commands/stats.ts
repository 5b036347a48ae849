import { AnalysisPass } from "../../analysis/analysis.js";
import type { StatsReport } from "../../analysis/stats/stats-report.js";
import { TraceStats } from "../../analysis/stats/trace-stats.js";
import type { TraceError } from "../../base/errors.js";
import { jsonText } from "../../report/json.js";
import type { ExitCode } from "../exit-codes.js";
import type { Input } from "../input.js";
import { Messages } from "../messages.js";
import { openOutput } from "../output.js";
import { Progress } from "../progress.js";
import { openSelected, selectionFailure } from "../selected-input.js";
import { queryOf, type SelectionOptions } from "../selection-options.js";
import { STDIO } from "../stdio.js";
import { type CommonOptions, concludeReading, readAll } from "./options.js";

export interface StatsOptions extends CommonOptions, SelectionOptions {
  readonly json?: boolean;
  readonly markdown?: boolean;
  /** Rows of a table, and single goroutines, tasks, regions and GC cycles in JSON. */
  readonly top?: number;
}

/** Rows, if the options do not say. */
const TABLE_ROWS = 10;
const JSON_ROWS = 100;

/** `go2perfetto stats IN` */
export async function statsCommand(path: string, options: StatsOptions): Promise<ExitCode> {
  const messages = new Messages(options);
  const top = options.top ?? (options.json ? JSON_ROWS : TABLE_ROWS);
  queryOf(options);
  const input = await openSelected(path, options);
  try {
    const { report, error } = await figuresOf(input, top, options);
    const code = concludeReading(input.name, input.trace, error, report.trace.events > 0, options, messages);
    const output = await openOutput(STDIO);
    await output.write(new TextEncoder().encode(await textOf(report, top, options)));
    await output.close();
    return code;
  } catch (error) {
    await input.trace.close();
    throw selectionFailure(error, input.name);
  }
}

/** Reads the trace to its end or its break. */
async function figuresOf(
  input: Input,
  top: number,
  options: StatsOptions,
): Promise<{ report: StatsReport; error: TraceError | undefined }> {
  const stats = new TraceStats({ top });
  const pass = new AnalysisPass(stats.analyses);
  const progress = new Progress(input, options);
  let events = 0;
  const error = await readAll(input.trace, (block) => {
    pass.events(block);
    events += block.length;
    progress.update(events);
  }).finally(() => progress.stop());
  pass.end();
  const isLost = input.trace.diagnostics.entries().some(({ severity }) => severity === "loss");
  return { report: stats.report(isLost || error !== undefined), error };
}

/** The report as text. Only what that needs is loaded. */
async function textOf(report: StatsReport, top: number, { json, markdown }: StatsOptions): Promise<string> {
  if (json) return jsonText(report);
  const { statsTables } = await import("../../report/stats-tables.js");
  const tables = statsTables(report, top);
  if (markdown) return (await import("../../report/markdown.js")).markdownText(tables);
  return (await import("../../report/terminal.js")).terminalText(tables, process.stdout.columns);
}
