import { existsSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { orderedWords } from "./command-line.js";
import { batch } from "./commands/batch/command.js";
import { capture } from "./commands/capture/command.js";
import { check } from "./commands/check/command.js";
import { completion } from "./commands/completion/command.js";
import { convert } from "./commands/convert/command.js";
import { type CommandDescription, TRACE_ARGUMENT } from "./commands/description.js";
import { diff } from "./commands/diff/command.js";
import { dump } from "./commands/dump/command.js";
import { explain } from "./commands/explain/command.js";
import { info } from "./commands/info/command.js";
import { open } from "./commands/open/command.js";
import { otlp } from "./commands/otlp/command.js";
import { page } from "./commands/page/command.js";
import { pprof } from "./commands/pprof/command.js";
import { stats } from "./commands/stats/command.js";
import { trim } from "./commands/trim/command.js";
import { shownName } from "./connection/trace-url.js";
import type { CommonOptions } from "./options/common.js";
import { refuseRepeats } from "./options/repeats.js";
import { warnOfAbandonedFiles } from "./output/pending-file.js";
import { ExitCode } from "./process/exit-codes.js";
import { failureOf, isSystemError, usageFailure } from "./process/failure.js";
import { Messages } from "./process/messages.js";
import { VERSION } from "./process/version.js";

/** All commands, in help order. */
const COMMANDS: readonly CommandDescription[] = [
  convert,
  open,
  page,
  capture,
  pprof,
  info,
  stats,
  explain,
  otlp,
  check,
  diff,
  batch,
  trim,
  dump,
  completion,
];

/** The default command. */
const DEFAULT = convert.name;

const EXAMPLES = `
Examples:
  go2perfetto trace.out                  convert it to trace.pftrace, for ui.perfetto.dev
  go2perfetto open trace.out             open it in ui.perfetto.dev
  go2perfetto page                       convert traces in a page of the browser
  go2perfetto stats trace.out            print figures of goroutines, the scheduler and the GC
  go2perfetto explain trace.out          say what held the program back, and where
  go2perfetto pprof sync trace.out       write where goroutines block to trace.sync.pb.gz, for go tool pprof
  go2perfetto check trace.out --assert 'sched.p99 < 5ms'
  go2perfetto diff before.out after.out   compare the figures of two traces
  go2perfetto batch traces --out-dir converted
  go2perfetto trim trace.out --from 10ms --to 20ms -o part.trace
  go2perfetto info trace.out             show what it is
  go2perfetto localhost:6060             trace a running program for 5 seconds (net/http/pprof)
  go2perfetto capture localhost:6060 --every 1m --out-dir traces
  go2perfetto help convert               show all options of a command`;

/** The end of every help text. */
const EXIT_CODES = `

Exit codes:
  0         done
  1         failed: nothing could be read, or the output could not be written
  2         wrong usage
  3         done, but part of the input was lost (1 with --strict)
  4         a limit of --assert is exceeded (check, batch)
  If several apply, the exit code is the first of 2, 1, 4, 3.
  130, 143  stopped by SIGINT (Ctrl-C) or SIGTERM; 129 by SIGHUP. The first Ctrl-C during a capture ends the capture only: 3`;

/** The exit code of a run, and its message options. */
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
    if (words.length === 0) {
      program.outputHelp({ error: true });
      return ExitCode.Usage;
    }
    refuseUnknownHelp(program, words);
    await program.parseAsync(isCommand(program, words[0]) ? words : [DEFAULT, ...words], { from: "user" });
    await warnOfAbandonedFiles(new Messages(result.options));
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
      "Reads Go execution traces. Converts them for ui.perfetto.dev and go tool pprof, sends them to OpenTelemetry collectors and Jaeger, and prints figures.",
    )
    .version(VERSION)
    // An option without its value may have taken IN as the value.
    .configureOutput({
      outputError: (text, write) => write(text.replace(/'(.+?)'/g, (_, word) => `'${shownName(word)}'`)),
    })
    .addHelpText("after", EXAMPLES + EXIT_CODES)
    .showHelpAfterError("There is no file of that name either. Run `go2perfetto --help` for the commands.")
    .hook("preAction", (_, command) => {
      result.options = command.opts();
    });
  for (const description of COMMANDS) addCommand(program, description, result);
  return program.exitOverride();
}

function addCommand(program: Command, description: CommandDescription, result: Run): void {
  const { name, summary, usage, arguments: args = { "<IN>": TRACE_ARGUMENT }, help } = description;
  const command = program
    .command(name)
    .summary(summary)
    .description(description.description)
    .showHelpAfterError(`Run \`go2perfetto help ${name}\`.`)
    .exitOverride()
    .addHelpText("after", help + EXIT_CODES)
    .action(async () => {
      result.code = await description.run(command.args, command.opts(), program);
    });
  if (usage !== undefined) command.usage(usage);
  for (const [argument, about] of Object.entries(args)) command.argument(argument, about);
  description.addOptions(command);
  refuseRepeats(command);
}

/**
 * Whether the first word of a command line is a command or an option of the program. A word that looks like a
 * command and is not a file is a mistyped command. Any other word is a trace.
 */
function isCommand(program: Command, word = "-"): boolean {
  if (program.commands.some((command) => command.name() === word)) return true;
  if (word.startsWith("-")) return ["-V", "--version", "-h", "--help"].includes(word);
  return /^[a-z]\w*$/i.test(word) && !existsSync(word);
}

/** @throws Failure for `help` with a word that is no command */
function refuseUnknownHelp(program: Command, [word, about]: readonly string[]): void {
  if (word !== "help" || about === undefined || !isCommand(program, word)) return;
  if (program.commands.some((command) => command.name() === about)) return;
  throw usageFailure(`unknown command '${about}'`, "Run `go2perfetto --help` for the commands.");
}

function report(error: unknown, options: CommonOptions): ExitCode {
  // Commander has already printed the error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.Done : ExitCode.Usage;
  if (isSystemError(error) && error.code === "EPIPE") return ExitCode.Done;
  const messages = new Messages(options);
  const { message, advice, exitCode } = failureOf(error);
  messages.error(message, advice);
  messages.stack(error);
  return exitCode;
}
