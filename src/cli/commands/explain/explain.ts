import type { Reported } from "../../../analysis/analysis.js";
import { Explanation } from "../../../analysis/explain/explanation.js";
import type { ExplainReport } from "../../../analysis/explain/finding.js";
import { CriticalPaths } from "../../../analysis/explain/path/critical-paths.js";
import { InstanceTimes } from "../../../analysis/explain/path/instance-times.js";
import type { PathQuery } from "../../../analysis/explain/path/instances.js";
import { pathQuery } from "../../../analysis/explain/path/path-query.js";
import type { PathReport } from "../../../analysis/explain/path/path-report.js";
import type { TimeWindow } from "../../../select/windowed-trace.js";
import { isCapture, traceUrl } from "../../connection/trace-url.js";
import { type Analysed, type Computation, readAgain, readAnalyses } from "../../input/analysed-input.js";
import { canReadAgain, nameOf } from "../../input/input.js";
import { choiceOf } from "../../input/made-up-names.js";
import type { CommonOptions } from "../../options/common.js";
import { queryOf, type SelectionOptions } from "../../options/selection.js";
import { writeText } from "../../output/open-output.js";
import type { ExitCode } from "../../process/exit-codes.js";
import { Messages } from "../../process/messages.js";
import { STDIO } from "../../process/stdio.js";

export interface ExplainOptions extends CommonOptions, SelectionOptions {
  readonly json?: boolean;
  readonly markdown?: boolean;
  /** The name of the regions whose latency is explained. */
  readonly region?: string;
  /** The most findings. */
  readonly top?: number;
  /** Where a viewer shows traces of the program's own tracing. */
  readonly traceUrl?: string;
}

/** Findings by default. */
const TEXT_ROWS = 10;
const JSON_ROWS = 100;
/** The file in commands to type, for a trace that is in none. */
const ANY_FILE = "trace.out";

/** `go2perfetto explain IN` */
export async function explainCommand(path: string, options: ExplainOptions): Promise<ExitCode> {
  const messages = new Messages(options);
  const top = options.top ?? (options.json ? JSON_ROWS : TEXT_ROWS);
  queryOf(options);
  const file = fileOf(path, options);
  let paths: { readonly query: PathQuery; readonly times: InstanceTimes } | undefined;
  const { report, name, title, code, window } = await readAnalyses(
    path,
    options,
    messages,
    (reported, window) => {
      const findings = findingsOf(top, reported, window);
      const query = pathQuery(choiceOf(options, options), reported);
      paths = query && { query, times: new InstanceTimes(query, options.linkLog) };
      return { ...findings, analyses: [...findings.analyses, ...(paths ? [paths.times] : [])] };
    },
  );
  if (paths !== undefined && paths.times.slowest !== undefined) {
    if (await canReadAgain(path)) {
      const critical = new CriticalPaths(paths.query, paths.times);
      await readAgain(path, window, options, [critical]);
      const found = critical.report && inWhole(critical.report, report.start);
      await write({ ...report, ...(found && { path: found }) }, file ?? title, options);
      return code;
    }
    messages.warning(`${nameOf(path)} can be read only once: no critical path`, "Save it to a file first.");
  }
  if (options.region !== undefined && paths?.times.slowest === undefined)
    messages.warning(`${name}: no region "${options.region}" begins and ends in the trace`);
  await write(report, file ?? title, options);
  const isKept = file === undefined || options.save !== undefined;
  if (!isKept && !options.json && report.findings.some(({ next }) => next.length > 0))
    messages.info(`The commands above read ${ANY_FILE}: ${keepAdvice(path)}.`);
  return code;
}

/** The file in commands to type, for a trace that can be read only once; undefined for others. */
function fileOf(path: string, { naming, save }: ExplainOptions): string | undefined {
  const url = traceUrl(path);
  const isGone = path === STDIO || (url !== undefined && isCapture(url));
  return naming === undefined && isGone ? (save ?? ANY_FILE) : undefined;
}

function keepAdvice(path: string): string {
  return path === STDIO ? "save standard input there" : `--save ${ANY_FILE} keeps a capture`;
}

/** The critical path of a part of a trace, with the time in the whole trace. */
function inWhole(path: PathReport, start: number): PathReport {
  const { slowest } = path;
  return { ...path, slowest: { ...slowest, time: slowest.time + start } };
}

/** The findings of a trace, or of the selected part. @param top the most findings */
export function readFindings(
  path: string,
  top: number,
  options: CommonOptions & SelectionOptions,
  messages: Messages,
): Promise<Analysed<ExplainReport>> {
  return readAnalyses(path, options, messages, (reported, window) => findingsOf(top, reported, window));
}

function findingsOf(
  top: number,
  reported: Reported | undefined,
  window: TimeWindow | undefined,
): Computation<ExplainReport> {
  const explanation = new Explanation({ top, window, ...(reported && { reported }) });
  return { analyses: explanation.analyses, report: (...state) => explanation.report(...state) };
}

/** Prints a report. Only the module of the requested format is loaded. */
async function write(report: ExplainReport, title: string, options: ExplainOptions): Promise<void> {
  if (options.json) {
    const { jsonText } = await import("../../../report/json.js");
    await writeText(STDIO, jsonText(report));
    return;
  }
  const { explainMarkdown, explainText } = await import("../../../report/explain-lines.js");
  const { traceUrl } = options;
  await writeText(
    STDIO,
    options.markdown
      ? explainMarkdown(report, title, traceUrl)
      : explainText(report, title, process.stdout.columns, traceUrl),
  );
}
