import { type Command, Option } from "commander";
import { addCaptureOptions, type CaptureOptions } from "./capture.js";
import type { Naming } from "./name-key.js";

/** The options of every command that reads traces. */
export interface CommonOptions extends CaptureOptions {
  /** How names are made up; undefined if they stay. */
  readonly naming?: Naming | undefined;
  /** The executable that wrote the trace. */
  readonly binary?: string;
  readonly strict?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly progress?: boolean;
  readonly color?: boolean;
}

/** Adds the options to a command that also reads from a URL. */
export function addCommonOptions(command: Command): void {
  addCaptureOptions(command);
  addFileOptions(command);
}

/** Adds the options that also apply to files. */
export function addFileOptions(command: Command): void {
  command
    .option(
      "--binary <EXE>",
      "the program that wrote the trace: names functions in traces of Go 1.5 and 1.6, which have no names (needs Go)",
    )
    .option("--strict", "treat any loss as an error: exit code 1, and no file is written")
    .option("--no-progress", "no progress bar (a terminal shows one after a second)");
  addMessageOptions(command);
}

/** Adds the options about messages. */
export function addMessageOptions(command: Command): void {
  command
    .option("-q, --quiet", "print warnings and errors only")
    .option("-v, --verbose", "print stack traces of errors and losses")
    .addOption(new Option("--color", "colour messages even if standard error is not a terminal"))
    .addOption(new Option("--no-color", "do not colour messages (also: NO_COLOR)"));
}
