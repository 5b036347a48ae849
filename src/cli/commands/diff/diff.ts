import type { OverviewFigures } from "../../../analysis/overview.js";
import type { ProfileStream } from "../../../analysis/profile/profile.js";
import { Profiles } from "../../../analysis/profile/profiles.js";
import { COMPARED_KINDS } from "../../../figures/stack-changes.js";
import { type TraceDifference, traceDifference } from "../../../figures/trace-difference.js";
import { optionsFor } from "../../options/capture.js";
import type { CommonOptions } from "../../options/common.js";
import { queryOf, type SelectionOptions } from "../../options/selection.js";
import { writeText } from "../../output/open-output.js";
import { checkPageFile } from "../../output/page-file.js";
import { tellWritten } from "../../output/written-size.js";
import { type ExitCode, gravest } from "../../process/exit-codes.js";
import { usageFailure } from "../../process/failure.js";
import { Messages } from "../../process/messages.js";
import { STDIO } from "../../process/stdio.js";
import { type ExplainedReport, readExplainedReport, warnOfEstimates } from "../stats/trace-report.js";

export interface DiffOptions extends CommonOptions, SelectionOptions {
  readonly json?: boolean;
  readonly markdown?: boolean;
  /** A file for the report as a page. */
  readonly html?: string;
  /** Rows of each table. */
  readonly top: number;
}

/** The most findings of each trace. */
const FINDINGS = 100;

interface Side extends ExplainedReport {
  readonly profiles: readonly ProfileStream[];
  /** For a page. */
  readonly overview?: OverviewFigures;
}

/** `go2perfetto diff A B` */
export async function diffCommand(a: string, b: string, options: DiffOptions): Promise<ExitCode> {
  if (a === STDIO && b === STDIO) {
    throw usageFailure("A and B cannot both be standard input", "Give a file for one of them.");
  }
  queryOf(options);
  const messages = new Messages(options);
  const readSide = (path: string, index: number) => read(path, optionsFor(index, [a, b], options), messages);
  if (options.html !== undefined) await checkPageFile([a, b], options.html, options);
  const [one, other] = [named(await readSide(a, 0), "A"), named(await readSide(b, 1), "B")];
  const difference = traceDifference(one, other);
  if (options.html !== undefined) await writePage(one, other, difference, options.html);
  if (options.html === undefined || options.json || options.markdown)
    await writeText(STDIO, await textOf(difference, options));
  else await tellWritten(options.html, messages);
  if ([...difference.figures, ...difference.stacks].every(({ change }) => change === 0))
    messages.info("The traces are alike: no figure and no stack differs.");
  return gravest([one.code, other.code]);
}

/** The side with its name in outputs. @param hidden the name if that of the file is hidden */
function named(side: Side, hidden: string): Side {
  return { ...side, name: side.title === side.name ? side.name : hidden };
}

async function writePage(a: Side, b: Side, difference: TraceDifference, file: string): Promise<void> {
  if (a.overview === undefined || b.overview === undefined) return;
  const { GENERATOR } = await import("../stats/trace-overview.js");
  const { differencePage } = await import("../../../report/html/diff-page.js");
  await writeText(file, differencePage(difference, [a.overview, b.overview], GENERATOR));
}

/** Reads all that a page shows of a trace. */
async function readForPage(path: string, options: DiffOptions, messages: Messages): Promise<Side> {
  const { readOverviewFigures } = await import("../stats/trace-overview.js");
  const { report: overview, ...read } = await readOverviewFigures(path, FINDINGS, options, messages);
  return {
    ...read,
    report: overview.stats,
    explained: overview.explain,
    profiles: overview.profiles,
    overview,
  };
}

async function read(path: string, options: DiffOptions, messages: Messages): Promise<Side> {
  const side = await (options.html === undefined ? readForText : readForPage)(path, options, messages);
  warnOfEstimates(side, "durations are compared", messages);
  return side;
}

async function readForText(path: string, options: DiffOptions, messages: Messages): Promise<Side> {
  const made: Profiles[] = [];
  const report = await readExplainedReport(
    path,
    { top: 0, findings: FINDINGS },
    options,
    messages,
    (reported) => {
      const goroutine = reported && ((id: number) => reported.has(id));
      made.push(new Profiles({ kinds: COMPARED_KINDS, ...(goroutine && { goroutine }) }));
      return made;
    },
  );
  return {
    ...report,
    profiles: made.flatMap((profiles) => COMPARED_KINDS.map((kind) => profiles.stream(kind))),
  };
}

async function textOf(
  difference: TraceDifference,
  { json, markdown, top }: DiffOptions,
): Promise<string | Iterable<string>> {
  if (json) return (await import("../../../report/json.js")).diffJson(difference);
  const { diffTables } = await import("../../../report/diff-tables.js");
  const tables = diffTables(difference, top);
  if (markdown) return (await import("../../../report/markdown.js")).markdownText(tables);
  return (await import("../../../report/terminal.js")).terminalText(tables, process.stdout.columns);
}
