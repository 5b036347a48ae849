import { existsSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { orderedWords } from "./command-line.js";
import type { BatchCommandOptions } from "./commands/batch/batch.js";
import { addBatchOptions } from "./commands/batch/command.js";
import type { CheckCommandOptions } from "./commands/check/check.js";
import { addCheckOptions } from "./commands/check/command.js";
import { addConvertOptions } from "./commands/convert/command.js";
import type { ConvertOptions } from "./commands/convert/convert.js";
import { addDiffOptions } from "./commands/diff/command.js";
import type { DiffOptions } from "./commands/diff/diff.js";
import type { DumpOptions } from "./commands/dump/dump.js";
import { addOpenOptions } from "./commands/open/command.js";
import type { OpenOptions } from "./commands/open/open.js";
import { addOtlpOptions, type OtlpOptions } from "./commands/otlp/command.js";
import { addProfileOptions } from "./commands/pprof/command.js";
import type { PprofOptions } from "./commands/pprof/pprof.js";
import { addStatsOptions } from "./commands/stats/command.js";
import type { StatsOptions } from "./commands/stats/stats.js";
import { shownName } from "./connection/trace-url.js";
import {
  BATCH_EXAMPLES,
  CHECK_EXAMPLES,
  CONVERT_EXAMPLES,
  DIFF_EXAMPLES,
  DUMP_EXAMPLES,
  EXIT_CODES,
  INFO_EXAMPLES,
  OPEN_EXAMPLES,
  OTLP_EXAMPLES,
  PPROF_EXAMPLES,
  PROGRAM_EXAMPLES,
  STATS_EXAMPLES,
} from "./help.js";
import type { CommonOptions } from "./input/reading.js";
import { addLiveOptions } from "./options/capture.js";
import { addRelatedOption, addSelectionOptions } from "./options/selection.js";
import { tellAbandoned } from "./output/abandoned-files.js";
import { ExitCode } from "./process/exit-codes.js";
import { isSystemError } from "./process/failure.js";
import { failureOf } from "./process/failure-of.js";
import { Messages } from "./process/messages.js";
import { VERSION } from "./process/version.js";

/** The command of a line that names none. */
const DEFAULT = "convert";

/** How a command went, and what it was asked to say. */
interface Run {
  code: ExitCode;
  options: CommonOptions;
}

/** Runs the command line. @returns the exit code */
export async function run(argv: readonly string[]): Promise<ExitCode> {
  const result: Run = { code: ExitCode.Done, options: {} };
  try {
    const program = build(result);
    const words = orderedWords(program, argv.slice(2));
    await program.parseAsync(isCommand(program, words[0]) ? words : [DEFAULT, ...words], { from: "user" });
    await tellAbandoned(new Messages(result.options));
    return result.code;
  } catch (error) {
    return report(error, result.options);
  }
}

/** The commands with their options and help texts, for documentation. */
export function commandLine(): Command {
  return build({ code: ExitCode.Done, options: {} });
}

function build(result: Run): Command {
  const program = new Command("go2perfetto")
    .description(
      "Reads Go execution traces: writes them for ui.perfetto.dev and go tool pprof, sends them to OpenTelemetry collectors and Jaeger, and says what is in them.",
    )
    .version(VERSION)
    // An option without its value may have taken IN for it.
    .configureOutput({
      outputError: (text, write) => write(text.replace(/'(.+?)'/g, (_, word) => `'${shownName(word)}'`)),
    })
    .addHelpText("after", PROGRAM_EXAMPLES + EXIT_CODES)
    .showHelpAfterError(`There is no such file either. go2perfetto --help lists the commands.`)
    .hook("preAction", (_, command) => {
      result.options = command.opts();
    });
  const command = (name: string) =>
    program
      .command(name)
      .argument(
        "<IN>",
        "trace file, URL or HOST:PORT of a program with net/http/pprof, or - for standard input; may be gzipped",
      )
      .showHelpAfterError(`go2perfetto help ${name} says how.`)
      .exitOverride();
  const convert = addConvertOptions(command(DEFAULT));
  common(addRelatedOption(addSelectionOptions(convert)), CONVERT_EXAMPLES).action(
    async (input: string, options: ConvertOptions) => {
      result.code = await (await import("./commands/convert/convert.js")).convertCommand(input, options);
    },
  );
  const open = addOpenOptions(command("open"), convert);
  common(addRelatedOption(addSelectionOptions(open)), OPEN_EXAMPLES).action(
    async (input: string, options: OpenOptions) => {
      result.code = await (await import("./commands/open/open.js")).openCommand(input, options);
    },
  );
  const pprof = addProfileOptions(program.command("pprof")).exitOverride();
  common(addSelectionOptions(pprof), PPROF_EXAMPLES).action(
    async (kind: string, input: string | undefined, options: PprofOptions) => {
      const words = input === undefined ? [kind] : [kind, input];
      result.code = await (await import("./commands/pprof/pprof.js")).pprofCommand(words, options);
    },
  );
  common(
    command("info")
      .summary("say what a trace is and holds")
      .description(
        "Says what a trace is and holds: format, duration, wall clock, events by kind, what was lost.",
      ),
    INFO_EXAMPLES,
  ).action(async (input: string, options: CommonOptions) => {
    result.code = await (await import("./commands/info/info.js")).infoCommand(input, options);
  });
  const stats = addStatsOptions(command("stats"));
  common(addSelectionOptions(stats), STATS_EXAMPLES).action(async (input: string, options: StatsOptions) => {
    result.code = await (await import("./commands/stats/stats.js")).statsCommand(input, options);
  });
  const otlp = command("otlp")
    .summary("send spans to an OpenTelemetry collector or Jaeger")
    .description(
      "Sends tasks, regions, goroutines, what they wait for, GC and stop-the-world as spans to an OTLP/HTTP endpoint: an OpenTelemetry collector, Jaeger and others.",
    );
  common(addSelectionOptions(addOtlpOptions(otlp)), OTLP_EXAMPLES).action(
    async (input: string, options: OtlpOptions) => {
      result.code = await (await import("./commands/otlp/otlp.js")).otlpCommand(input, options);
    },
  );
  const check = addCheckOptions(command("check"));
  common(addSelectionOptions(check), CHECK_EXAMPLES).action(
    async (input: string, options: CheckCommandOptions) => {
      result.code = await (await import("./commands/check/check.js")).checkCommand(input, options);
    },
  );
  const diff = addDiffOptions(program.command("diff")).exitOverride();
  common(addSelectionOptions(diff), DIFF_EXAMPLES).action(
    async (a: string, b: string, options: DiffOptions) => {
      result.code = await (await import("./commands/diff/diff.js")).diffCommand(a, b, options);
    },
  );
  const batch = addBatchOptions(program.command("batch"), convert).exitOverride();
  batch
    .addHelpText("after", BATCH_EXAMPLES + EXIT_CODES)
    .action(async (inputs: string[], options: BatchCommandOptions) => {
      result.code = await (await import("./commands/batch/batch.js")).batchCommand(inputs, options);
    });
  const dump = command("dump")
    .summary("print the events as text, one a line")
    .description("Prints the events as text, one a line, in order or as stored.")
    .option("-o, --output <OUT>", "file to write, also with .gz, or FOLDER/; without it, standard output")
    .option("--wire", "as stored, with offsets, instead of in order");
  common(addSelectionOptions(dump), DUMP_EXAMPLES).action(async (input: string, options: DumpOptions) => {
    result.code = await (await import("./commands/dump/dump.js")).dumpCommand(input, options);
  });
  return program.exitOverride();
}

/** Adds the options of every reading command. @param examples what stands below them */
function common(command: Command, examples: string): Command {
  return addLiveOptions(command)
    .option(
      "--binary <EXE>",
      "the program that wrote the trace, for names in traces of Go 1.5 and 1.6, which have none (needs Go)",
    )
    .option("--strict", "any loss is an error: exit code 1, and no file is written")
    .option("-q, --quiet", "only warnings and errors")
    .option("-v, --verbose", "stack traces of errors and of what was lost")
    .option("--no-progress", "no progress bar (there is one on a terminal only, after a second)")
    .addOption(new Option("--color", "colour in messages, also if they go to no terminal"))
    .addOption(new Option("--no-color", "no colour in messages (also: NO_COLOR)"))
    .addHelpText("after", examples + EXIT_CODES);
}

/**
 * Whether the first word of a command line is for the program itself. What looks like a command and is no file is a command that
 * is mistyped; anything else is a trace.
 */
function isCommand(program: Command, word = "-"): boolean {
  if (program.commands.some((command) => command.name() === word)) return true;
  if (word.startsWith("-")) return ["-V", "--version", "-h", "--help"].includes(word);
  return /^[a-z]\w*$/i.test(word) && !existsSync(word);
}

function report(error: unknown, options: CommonOptions): ExitCode {
  // Commander has printed what was wrong.
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.Done : ExitCode.Usage;
  if (isSystemError(error) && error.code === "EPIPE") return ExitCode.Done;
  const messages = new Messages(options);
  const { message, advice, exitCode } = failureOf(error);
  messages.error(message, advice);
  messages.stack(error);
  return exitCode;
}
