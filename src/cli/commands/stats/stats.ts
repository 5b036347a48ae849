import { jsonText } from "../../../report/json.js";
import type { CommonOptions } from "../../options/common.js";
import { queryOf, type SelectionOptions } from "../../options/selection.js";
import { writeText } from "../../output/open-output.js";
import { checkPageFile } from "../../output/page-file.js";
import { tellWritten } from "../../output/written-size.js";
import type { ExitCode } from "../../process/exit-codes.js";
import { Messages } from "../../process/messages.js";
import { STDIO } from "../../process/stdio.js";
import { type ExplainedReport, readExplainedReport, readReport } from "./trace-report.js";

export interface StatsOptions extends CommonOptions, SelectionOptions {
  readonly json?: boolean;
  readonly markdown?: boolean;
  /** A file for the report as a page. */
  readonly html?: string;
  /** Rows per table; also the goroutines, tasks, regions and GC cycles in JSON. */
  readonly top?: number;
  /** Where a viewer shows traces of the program's own tracing. */
  readonly traceUrl?: string;
}

/** Rows by default. */
const TABLE_ROWS = 10;
const JSON_ROWS = 100;

/** `go2perfetto stats IN` */
export async function statsCommand(path: string, options: StatsOptions): Promise<ExitCode> {
  const messages = new Messages(options);
  const top = options.top ?? (options.json ? JSON_ROWS : TABLE_ROWS);
  queryOf(options);
  if (options.html !== undefined) return await writePage(path, options.html, top, options, messages);
  if (options.json) {
    const { report, code } = await readReport(path, top, options, messages);
    await writeText(STDIO, jsonText(report));
    return code;
  }
  const { SUMMARY_FINDINGS } = await import("../../../report/summary-tables.js");
  const read = await readExplainedReport(path, { top, findings: SUMMARY_FINDINGS }, options, messages);
  await writeText(STDIO, await textOf(read, top, options));
  return read.code;
}

/** Writes the report as a page; also the figures in the requested format, if any. */
async function writePage(
  path: string,
  file: string,
  top: number,
  options: StatsOptions,
  messages: Messages,
): Promise<ExitCode> {
  await checkPageFile([path], file, options);
  const { GENERATOR, readOverview } = await import("./trace-overview.js");
  const { reportPage } = await import("../../../report/html/report-page.js");
  const { code, overview, report } = await readOverview(path, options.top ?? JSON_ROWS, options, messages);
  await writeText(file, reportPage({ ...overview, traceUrl: options.traceUrl }, GENERATOR));
  if (options.json) await writeText(STDIO, jsonText(report.stats));
  else if (options.markdown)
    await writeText(STDIO, await textOf({ report: report.stats, explained: report.explain }, top, options));
  else await tellWritten(file, messages);
  return code;
}

/** The report as text. Only the module of the requested format is loaded. */
async function textOf(
  { explained, report }: Pick<ExplainedReport, "explained" | "report">,
  top: number,
  { markdown, traceUrl }: StatsOptions,
): Promise<string> {
  const { statsTables } = await import("../../../report/stats-tables.js");
  const { summaryTables } = await import("../../../report/summary-tables.js");
  const tables = [...summaryTables(report, explained), ...statsTables(report, top, traceUrl)];
  if (markdown) return (await import("../../../report/markdown.js")).markdownText(tables);
  return (await import("../../../report/terminal.js")).terminalText(tables, process.stdout.columns);
}
