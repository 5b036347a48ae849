import { checkLimits } from "../../figures/check.js";
import { junitText } from "../../report/junit.js";
import { verdictLines } from "../../report/verdict-lines.js";
import type { CheckOptions } from "../check-options.js";
import { type ExitCode, gravest } from "../exit-codes.js";
import { Messages } from "../messages.js";
import { refuseSameFile } from "../same-file.js";
import { queryOf, type SelectionOptions } from "../selection-options.js";
import { STDIO } from "../stdio.js";
import { resolveTarget } from "../target.js";
import { readReport, warnOfEstimates } from "../trace-report.js";
import { missingMessage, verdictCode } from "../verdict-code.js";
import { writeText } from "../write-text.js";
import type { CommonOptions } from "./options.js";

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
