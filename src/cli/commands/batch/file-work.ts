import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { ExplainReport } from "../../../analysis/explain/finding.js";
import type { OverviewFigures } from "../../../analysis/overview.js";
import { checkLimits, type Verdict } from "../../../figures/check.js";
import type { Limit } from "../../../figures/limit.js";
import type { Reports } from "../../../figures/reports.js";
import { jsonText } from "../../../report/json.js";
import { makeFolder, writeText } from "../../output/open-output.js";
import { ExitCode, gravest } from "../../process/exit-codes.js";
import { failureOf } from "../../process/failure.js";
import { Messages } from "../../process/messages.js";
import { verdictCode } from "../check/check.js";
import { type ConvertOptions, convertFile } from "../convert/convert.js";
import type { PlannedFile } from "./plan.js";
import type { BatchRow, LimitRow } from "./row.js";

/** Additional files for each trace. */
export type Extra = "pprof" | "stats" | "explain" | "html";

/** What to do with each trace. */
export interface WorkOptions {
  readonly convert: ConvertOptions;
  readonly also: readonly Extra[];
  readonly limits: readonly Limit[];
  readonly allowMissing: boolean;
  /** Where a viewer shows traces of the program's own tracing, for reports. */
  readonly traceUrl?: string | undefined;
}

/** The result for a trace, and its messages. */
export interface WorkResult {
  readonly row: BatchRow;
  /** All written files. */
  readonly outputs: readonly string[];
  readonly messages: readonly string[];
}

/** The most goroutines, tasks, regions and GC cycles listed in a statistics file, and findings, as in `--json`. */
const TOP = 100;

/** Does for one trace what the single commands do. It never throws: the row contains the error. */
export async function workOnFile(file: PlannedFile, options: WorkOptions): Promise<WorkResult> {
  const messages: string[] = [];
  const teller = new Messages({ ...options.convert, quiet: true }, (line) => messages.push(line));
  const outputs: string[] = [];
  const start = performance.now();
  let row: BatchRow = { input: file.input, exitCode: ExitCode.Done };
  try {
    await makeFolder(dirname(file.output));
    const {
      code,
      outputs: converted,
      ...facts
    } = await convertFile(file.input, { ...options.convert, output: file.output }, teller);
    outputs.push(...converted);
    if (!options.convert.quiet) messages.push(...facts.leftOut);
    const [output = file.output, ...more] = converted;
    row = { ...row, ...facts, exitCode: code, output, size: await sizeOf(converted) };
    if (more.length > 0) row = { ...row, parts: converted.length };
    row = { ...row, ...(await extras(file, options, row.exitCode, outputs)) };
  } catch (error) {
    const { message, advice, exitCode } = failureOf(error);
    teller.stack(error);
    row = { ...row, exitCode, error: message, ...(advice && { advice }) };
  }
  return { row: { ...row, seconds: secondsSince(start) }, outputs, messages };
}

/** Writes the additional files and checks the limits. The conversion has already reported losses. */
async function extras(
  { input, output }: PlannedFile,
  { convert, also, limits, allowMissing, traceUrl }: WorkOptions,
  code: ExitCode,
  outputs: string[],
): Promise<Partial<BatchRow>> {
  const silent = new Messages({ ...convert, quiet: true }, () => undefined);
  const base = output.replace(/\.\w+$/, "");
  const made: { pprof?: string; stats?: string; explain?: string; html?: string } = {};
  let weightiest: Partial<BatchRow> = {};
  if (also.includes("pprof")) {
    const { pprofCommand } = await import("../pprof/pprof.js");
    made.pprof = `${base}.pprof`;
    await pprofCommand([input], { ...convert, all: true, output: made.pprof }, silent);
    const { KIND_NAMES } = await import("../../../analysis/profile/kinds.js");
    outputs.push(...KIND_NAMES.map((kind) => `${made.pprof}/${kind}.pb.gz`));
  }
  let page: OverviewFigures | undefined;
  if (also.includes("html")) {
    made.html = `${base}.report.html`;
    page = await writePage(input, made.html, traceUrl, convert, silent);
    outputs.push(made.html);
    weightiest = weightiestOf(page.explain);
  }
  if (also.includes("explain")) {
    made.explain = `${base}.explain.json`;
    const report = page?.explain ?? (await findings(input, convert, silent));
    await writeText(made.explain, jsonText(report));
    outputs.push(made.explain);
    weightiest = weightiestOf(report);
  }
  if (!also.includes("stats") && limits.length === 0) return { also: made, ...weightiest };
  // Limits are about the real names, and maybe about figures that a page does not have.
  const measured =
    limits.length === 0
      ? undefined
      : await readFigures(input, limits, { ...convert, naming: undefined }, silent);
  if (also.includes("stats")) {
    made.stats = `${base}.stats.json`;
    const shown = convert.naming === undefined ? measured : undefined;
    const { report } = shown ?? {
      report: page?.stats ?? (await readFigures(input, [], convert, silent)).report,
    };
    await writeText(made.stats, jsonText(report));
    outputs.push(made.stats);
  }
  const verdicts = measured === undefined ? [] : checkLimits(measured, limits, { allowMissing });
  return {
    also: made,
    ...weightiest,
    ...(limits.length > 0 && { limits: verdicts.map(limitRow) }),
    exitCode: gravest([code, verdictCode(verdicts)]),
  };
}

/** Writes the report of `stats --html`. @returns its figures, which other files have too */
async function writePage(
  input: string,
  file: string,
  traceUrl: string | undefined,
  convert: ConvertOptions,
  silent: Messages,
): Promise<OverviewFigures> {
  const { GENERATOR, readOverview } = await import("../stats/trace-overview.js");
  const { reportPage } = await import("../../../report/html/report-page.js");
  const { overview, report } = await readOverview(input, TOP, convert, silent);
  await writeText(file, reportPage({ ...overview, traceUrl }, GENERATOR));
  return report;
}

async function findings(input: string, convert: ConvertOptions, silent: Messages): Promise<ExplainReport> {
  const { readFindings } = await import("../explain/explain.js");
  return (await readFindings(input, TOP, convert, silent)).report;
}

async function readFigures(
  input: string,
  limits: readonly Limit[],
  convert: ConvertOptions,
  silent: Messages,
): Promise<Reports> {
  const { readFigures: read } = await import("../check/read-figures.js");
  return await read(input, TOP, limits, convert, silent);
}

function weightiestOf({ findings: [first] }: ExplainReport): Partial<BatchRow> {
  if (first === undefined) return {};
  const { kind, sentence, weight } = first;
  return { finding: { kind, weight, sentence } };
}

function limitRow({ limit, value, holds, missing }: Verdict): LimitRow {
  return {
    limit: limit.text,
    ...(value !== undefined && missing === undefined && { value }),
    holds,
    ...(missing && { missing: missing.name }),
  };
}

async function sizeOf(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function secondsSince(start: number): number {
  return Math.round(performance.now() - start) / 1000;
}
