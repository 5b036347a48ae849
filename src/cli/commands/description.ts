import type { Command } from "commander";
import type { ExitCode } from "../process/exit-codes.js";

/** A command as the command line describes and runs it. The module that does the work is loaded when the command runs. */
export interface CommandDescription<Options = unknown> {
  readonly name: string;
  /** A line in the list of commands. */
  readonly summary: string;
  readonly description: string;
  /** The arguments, with what they are: `<IN>` if absent. */
  readonly arguments?: Readonly<Record<string, string>>;
  /** Replaces the usage that follows from options and arguments. */
  readonly usage?: string;
  addOptions(command: Command): void;
  /** Notes and examples, below the options in the help. */
  readonly help: string;
  /** @param words the arguments as they are given */
  run(words: readonly string[], options: Options): Promise<ExitCode>;
}

/** What an argument that is a trace can be. */
export const TRACE_ARGUMENT =
  "trace file, URL or HOST:PORT of a program with net/http/pprof, or - for standard input; may be gzipped";
