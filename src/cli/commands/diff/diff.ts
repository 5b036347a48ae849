import type { Profile } from "../../../analysis/profile/profile.js";
import { Profiles } from "../../../analysis/profile/profiles.js";
import { figureChanges } from "../../../figures/changes.js";
import { findingChanges } from "../../../figures/finding-changes.js";
import { COMPARED_KINDS, stackChanges } from "../../../figures/stack-changes.js";
import type { TraceDifference } from "../../../report/diff-tables.js";
import { optionsFor } from "../../options/capture.js";
import type { CommonOptions } from "../../options/common.js";
import { queryOf, type SelectionOptions } from "../../options/selection.js";
import { writeText } from "../../output/open-output.js";
import { type ExitCode, gravest } from "../../process/exit-codes.js";
import { usageFailure } from "../../process/failure.js";
import { Messages } from "../../process/messages.js";
import { STDIO } from "../../process/stdio.js";
import { type ExplainedReport, readExplainedReport, warnOfEstimates } from "../stats/trace-report.js";

export interface DiffOptions extends CommonOptions, SelectionOptions {
  readonly json?: boolean;
  readonly markdown?: boolean;
  /** Rows of each table. */
  readonly top: number;
}

/** The most findings of each trace. */
const FINDINGS = 100;

interface Side extends ExplainedReport {
  readonly profiles: readonly Profile[];
}

/** `go2perfetto diff A B` */
export async function diffCommand(a: string, b: string, options: DiffOptions): Promise<ExitCode> {
  if (a === STDIO && b === STDIO) {
    throw usageFailure("A and B cannot both be standard input", "Give a file for one of them.");
  }
  queryOf(options);
  const messages = new Messages(options);
  const readSide = (path: string, index: number) => read(path, optionsFor(index, [a, b], options), messages);
  const [one, other] = [await readSide(a, 0), await readSide(b, 1)];
  const figures = figureChanges(one, other);
  const findings = findingChanges(one.explained, other.explained);
  const stacks = stackChanges(one.profiles, other.profiles);
  const text = await textOf({ a: one, b: other, findings, figures, stacks }, options);
  await writeText(STDIO, text);
  if ([...figures, ...stacks].every(({ change }) => change === 0))
    messages.info("The traces are alike: no figure and no stack differs.");
  return gravest([one.code, other.code]);
}

async function read(path: string, options: DiffOptions, messages: Messages): Promise<Side> {
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
  warnOfEstimates(report, "durations are compared", messages);
  return {
    ...report,
    profiles: made.flatMap((profiles) => COMPARED_KINDS.map((kind) => profiles.profile(kind))),
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
