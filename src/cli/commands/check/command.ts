import { type Command, InvalidArgumentError, Option } from "commander";
import { escapeText } from "../../../base/escape.js";
import { type Limit, LimitError, parseLimit } from "../../../figures/limit.js";

/** The option that says which limits a trace has to keep. */
export interface AssertOptions {
  readonly assert?: readonly Limit[];
  readonly allowMissing?: boolean;
}

/** The options of `check` alone. */
export interface CheckOptions extends AssertOptions {
  readonly junit?: string;
}

/** Adds them to a command. */
export function addCheckOptions(command: Command): Command {
  return command
    .summary("hold a trace's figures against limits, as in CI: exit code 4 if one is exceeded")
    .description(
      "Holds figures of a trace against limits and prints each with its figure. The exit code is 4 if one is exceeded.",
    )
    .addOption(assertOption().makeOptionMandatory())
    .addOption(allowMissingOption())
    .option("--junit <FILE>", "also a JUnit report, with a test for each limit");
}

export function assertOption(): Option {
  return new Option("--assert <EXPR...>", "a limit such as 'sched.p99 < 5ms'; one or more").argParser(
    (text: string, before: readonly Limit[] | undefined) => [...(before ?? []), checked(text)],
  );
}

export function allowMissingOption(): Option {
  return new Option(
    "--allow-missing",
    "a function, task or region that a limit names may be missing in the trace: its figures are 0",
  );
}

function checked(text: string): Limit {
  try {
    return parseLimit(text);
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    throw new InvalidArgumentError(`As a limit, ${error.message}.\n${marked(error)}`);
  }
}

/** The limit with a mark below where it is wrong. */
function marked({ text, at }: LimitError): string {
  const before = escapeText(text.slice(0, at));
  return `  ${before}${escapeText(text.slice(at))}\n  ${" ".repeat(before.length)}^`;
}
