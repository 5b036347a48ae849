import { checkLimits, type MissingName, type Verdict } from "../../../figures/check.js";
import { junitText } from "../../../report/junit.js";
import { verdictLines } from "../../../report/verdict-lines.js";
import type { CommonOptions } from "../../options/common.js";
import type { LimitOptions } from "../../options/limits.js";
import { queryOf, type SelectionOptions } from "../../options/selection.js";
import { writeText } from "../../output/open-output.js";
import { refuseSameFile } from "../../output/same-file.js";
import { resolveTarget } from "../../output/target.js";
import { ExitCode, gravest } from "../../process/exit-codes.js";
import { Messages } from "../../process/messages.js";
import { STDIO } from "../../process/stdio.js";
import { warnOfEstimates } from "../stats/trace-report.js";
import { readFigures } from "./read-figures.js";

/** The options of `check`. */
export interface CheckOptions extends LimitOptions, SelectionOptions, CommonOptions {
  readonly junit?: string;
}

/** `go2perfetto check IN --assert EXPR…` */
export async function checkCommand(path: string, options: CheckOptions): Promise<ExitCode> {
  const { assert: limits = [], allowMissing, junit } = options;
  queryOf(options);
  if (junit !== undefined) await refuseSameFile(path, junit, options);
  // Report an unwritable target before a capture, not after.
  if (junit !== undefined && junit !== STDIO) await resolveTarget(junit);
  const messages = new Messages(options);
  const read = await readFigures(path, 0, limits, options, messages);
  const { name, code } = read;
  warnOfEstimates(read, "limits of durations are checked", messages);
  const verdicts = checkLimits(read, limits, { allowMissing });
  if (junit !== undefined) await writeText(junit, junitText(name, verdicts));
  // Other text would make the XML invalid.
  if (junit !== STDIO) await writeText(STDIO, `${verdictLines(verdicts).join("\n")}\n`);
  for (const { missing } of verdicts) if (missing) messages.error(...missingMessage(name, missing));
  return gravest([code, verdictCode(verdicts)]);
}

/** The exit code of verdicts. A missing name takes precedence over an exceeded limit. */
export function verdictCode(verdicts: readonly Verdict[]): ExitCode {
  if (verdicts.some(({ missing }) => missing !== undefined)) return ExitCode.Failed;
  return verdicts.every(({ holds }) => holds) ? ExitCode.Done : ExitCode.Exceeded;
}

/** The message about a missing name. @param trace the name of the trace */
export function missingMessage(
  trace: string,
  { what, name, similar }: MissingName,
): [message: string, advice: string] {
  const like = similar.length === 0 ? "The trace has none." : `Similar ones: ${similar.join(", ")}.`;
  return [`${trace} has no ${what} "${name}"`, `${like} With --allow-missing, its figures are 0.`];
}
