import { checkLimits } from "../../../figures/check.js";
import { junitText } from "../../../report/junit.js";
import { verdictLines } from "../../../report/verdict-lines.js";
import type { CommonOptions } from "../../input/reading.js";
import { readReport, warnOfEstimates } from "../../input/trace-report.js";
import { queryOf, type SelectionOptions } from "../../options/selection.js";
import { refuseSameFile } from "../../output/same-file.js";
import { resolveTarget } from "../../output/target.js";
import { writeText } from "../../output/write-text.js";
import { type ExitCode, gravest } from "../../process/exit-codes.js";
import { Messages } from "../../process/messages.js";
import { STDIO } from "../../process/stdio.js";
import type { CheckOptions } from "./command.js";
import { missingMessage, verdictCode } from "./verdict-code.js";

export type CheckCommandOptions = CheckOptions & SelectionOptions & CommonOptions;

/** `go2perfetto check IN --assert EXPR…` */
export async function checkCommand(path: string, options: CheckCommandOptions): Promise<ExitCode> {
  const { assert: limits = [], allowMissing, junit } = options;
  queryOf(options);
  if (junit !== undefined) await refuseSameFile(path, junit, options);
  // Better now than after a capture.
  if (junit !== undefined && junit !== STDIO) await resolveTarget(junit);
  const messages = new Messages(options);
  const read = await readReport(path, 0, options, messages);
  const { name, report, code } = read;
  warnOfEstimates(read, "limits of durations are checked", messages);
  const verdicts = checkLimits(report, limits, { allowMissing });
  if (junit !== undefined) await writeText(junit, junitText(name, verdicts));
  // Nothing else can be parsed there then.
  if (junit !== STDIO) await writeText(STDIO, `${verdictLines(verdicts).join("\n")}\n`);
  for (const { missing } of verdicts) if (missing) messages.error(...missingMessage(name, missing));
  return gravest([code, verdictCode(verdicts)]);
}
