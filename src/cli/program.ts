import { Command, CommanderError, Option } from "commander";
import type { ConvertOptions } from "./commands/convert.js";
import type { DumpOptions } from "./commands/dump.js";
import type { CommonOptions } from "./commands/options.js";
import { ExitCode } from "./exit-codes.js";
import { Failure, isSystemError } from "./failure.js";
import { systemMessage } from "./input.js";
import { Messages } from "./messages.js";
import { VERSION } from "./version.js";

const CODES = `
Exit codes: 0 done; 1 failed; 2 wrong usage; 3 done, but part of the input was lost.`;

/** Runs the command line. @returns the exit code */
export async function run(argv: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = ExitCode.Done;
  const program = build((result) => {
    code = result;
  });
  try {
    await program.parseAsync(argv);
    return code;
  } catch (error) {
    return report(error, argv);
  }
}

function build(finish: (code: ExitCode) => void): Command {
  const program = new Command("go2perfetto")
    .description("Reads Go execution traces and writes them for ui.perfetto.dev.")
    .version(VERSION)
    .addHelpText("after", CODES)
    .exitOverride();
  common(program.command("convert", { isDefault: true }))
    .description("convert a trace for ui.perfetto.dev (the default: `go2perfetto trace.out -o out.pftrace`)")
    .argument("<IN>", "trace file, or - for standard input; may be gzipped")
    .option("-o, --output <OUT>", "file to write, or -; without it, IN with its extension replaced")
    .addOption(
      new Option("--format <format>", "format, if OUT's extension does not say it").choices(["pftrace"]),
    )
    .addOption(
      new Option("--detail <level>", "lean: scheduling tables, counters, GC, stop-the-world")
        .choices(["lean"])
        .default("lean"),
    )
    .action(async (input: string, options: ConvertOptions) => {
      finish(await (await import("./commands/convert.js")).convertCommand(input, options));
    });
  common(program.command("info"))
    .description("what a trace is and holds: format, duration, events by kind, what was lost")
    .argument("<IN>", "trace file, or -")
    .action(async (input: string, options: CommonOptions) => {
      finish(await (await import("./commands/info.js")).infoCommand(input, options));
    });
  common(program.command("dump"))
    .description("the events as text, one a line: time since the start in ns, thread, P, goroutine, event")
    .argument("<IN>", "trace file, or -")
    .option("-o, --output <OUT>", "file to write; without it, standard output")
    .option("--wire", "as stored, with offsets, instead of in order")
    .action(async (input: string, options: DumpOptions) => {
      finish(await (await import("./commands/dump.js")).dumpCommand(input, options));
    });
  return program;
}

/** The options of every reading command. */
function common(command: Command): Command {
  return command
    .option("--strict", "any loss is an error")
    .option("-q, --quiet", "only warnings and errors")
    .option("-v, --verbose", "stack traces of unexpected errors")
    .option("--no-progress", "no progress bar")
    .addOption(new Option("--color", "colour in messages, also if they go to no terminal"))
    .addOption(new Option("--no-color", "no colour in messages (also: NO_COLOR)"))
    .addHelpText("after", CODES)
    .exitOverride();
}

function report(error: unknown, argv: readonly string[]): ExitCode {
  // Commander has printed what was wrong.
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.Done : ExitCode.Usage;
  if (isSystemError(error) && error.code === "EPIPE") return ExitCode.Done;
  const messages = new Messages({});
  if (error instanceof Failure) {
    messages.error(error.message, error.advice);
    return error.exitCode;
  }
  messages.error(isSystemError(error) ? systemMessage(error) : String(error));
  if (argv.includes("-v") || argv.includes("--verbose")) console.error(error);
  return ExitCode.Failed;
}
