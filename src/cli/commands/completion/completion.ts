import type { Command } from "commander";
import { ExitCode } from "../../process/exit-codes.js";
import { candidatesFor } from "./candidates.js";
import { SCRIPTS, type Shell } from "./shells.js";

/** `go2perfetto completion SHELL`, and what its script asks. @param words of a command line; none prints the script */
export function completionCommand(program: Command, shell: Shell, words: readonly string[]): ExitCode {
  const lines = words.length === 0 ? [SCRIPTS[shell]] : candidatesFor(program, words);
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
  return ExitCode.Done;
}
