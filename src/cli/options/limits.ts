import { type Command, InvalidArgumentError, type Option } from "commander";
import { escapeText } from "../../base/escape.js";
import { figureNames } from "../../figures/catalogue.js";
import { type Limit, LimitError, parseLimit } from "../../figures/limit.js";
import { SuggestingOption } from "./suggesting-option.js";
import { capitalized } from "./values.js";

/** The options for limits on a trace. */
export interface LimitOptions {
  readonly assert?: readonly Limit[];
  readonly allowMissing?: boolean;
}

/** Adds the options to a command. @param isMandatory whether the command needs a limit */
export function addLimitOptions(command: Command, isMandatory = false): void {
  const assert = limitsOption("--assert <EXPR...>", "a limit such as 'sched.p99 < 5ms'; one or more");
  command
    .addOption(assert.makeOptionMandatory(isMandatory))
    .option(
      "--allow-missing",
      "allow limits on functions, tasks and regions that the trace does not have; their figures are 0",
    );
}

/** An option whose values are limits. */
export function limitsOption(flags: string, description: string): Option {
  return new SuggestingOption(flags, description, plainFigures).argParser(
    (text: string, before: readonly Limit[] | undefined) => [...(before ?? []), checkedLimit(text)],
  );
}

/** Figures whose names have no name of the trace in them, which a shell cannot know. */
function plainFigures(): string[] {
  return figureNames().filter((name) => !name.includes("["));
}

function checkedLimit(text: string): Limit {
  try {
    return parseLimit(text);
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    throw new InvalidArgumentError(`${capitalized(error.message)}.\n${marked(error)}`);
  }
}

/** The limit, with a mark below the place of the error. */
function marked({ text, at }: LimitError): string {
  const before = escapeText(text.slice(0, at));
  return `  ${before}${escapeText(text.slice(at))}\n  ${" ".repeat(before.length)}^`;
}
