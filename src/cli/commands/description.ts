import type { Command } from "commander";
import type { ExitCode } from "../process/exit-codes.js";

/**
 * What the command line knows about a command. The module that does the work is loaded when the command runs.
 */
export interface CommandDescription<Options = unknown> {
  readonly name: string;
  /** Its line in the list of commands. */
  readonly summary: string;
  readonly description: string;
  /** The arguments and their descriptions; `<IN>` by default. */
  readonly arguments?: Readonly<Record<string, string>>;
  /** Replaces the usage derived from options and arguments. */
  readonly usage?: string;
  addOptions(command: Command): void;
  /** Notes and examples, below the options in the help. */
  readonly help: string;
  /**
   * @param words the arguments as given
   * @param program all commands
   */
  run(words: readonly string[], options: Options, program: Command): Promise<ExitCode>;
}

/** The description of an argument that is a trace. */
export const TRACE_ARGUMENT =
  "trace file, URL or HOST:PORT of a program with net/http/pprof, or - for standard input; may be gzipped";
