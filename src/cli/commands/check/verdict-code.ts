import type { MissingName, Verdict } from "../../../figures/check.js";
import { ExitCode } from "../../process/exit-codes.js";

/** What limits make of the exit code: a limit on a name that is missing fails, before one that is exceeded. */
export function verdictCode(verdicts: readonly Verdict[]): ExitCode {
  if (verdicts.some(({ missing }) => missing !== undefined)) return ExitCode.Failed;
  return verdicts.every(({ holds }) => holds) ? ExitCode.Done : ExitCode.Exceeded;
}

/** What is said of a missing name, and what to do. @param trace its name */
export function missingMessage(
  trace: string,
  { what, name, similar }: MissingName,
): [message: string, advice: string] {
  const like = similar.length === 0 ? "The trace has none." : `Similar ones: ${similar.join(", ")}.`;
  return [`${trace} has no ${what} "${name}"`, `${like} With --allow-missing its figures are 0.`];
}
