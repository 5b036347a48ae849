import { type Command, InvalidArgumentError, Option } from "commander";
import type { SelectionQuery } from "../../select/find-selection.js";
import {
  type GoroutineSelector,
  parseGoroutineSelector,
  parseTaskSelector,
  SelectorError,
  type TaskSelector,
} from "../../select/goroutine-selector.js";
import { ExitCode } from "../process/exit-codes.js";
import { Failure } from "../process/failure.js";
import { parseTime } from "./values.js";

/** The options that say which part of the trace is read. */
export interface SelectionOptions {
  readonly from?: number;
  readonly to?: number;
  readonly goroutine?: readonly GoroutineSelector[];
  readonly task?: TaskSelector;
  readonly related?: boolean;
}

/** Adds them to a command. */
export function addSelectionOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--from <D>",
        "only from this time on: a duration since the start, such as 1.5s or 300ms",
      ).argParser(once(parseTime)),
    )
    .addOption(new Option("--to <D>", "only before this time, likewise").argParser(once(parseTime)))
    .addOption(
      new Option(
        "--goroutine <SEL>",
        "only these goroutines: an id, a start function, or /re/ that it matches; may be given more than once",
      ).argParser((text, before: GoroutineSelector[] | undefined) => [
        ...(before ?? []),
        checked(parseGoroutineSelector, text),
      ]),
    )
    .addOption(
      new Option(
        "--task <TASK>",
        "only goroutines that work for this task (an id or a type), while it is under way",
      ).argParser(once((text) => checked(parseTaskSelector, text))),
    );
}

/** Adds the option of commands that also show who is related. */
export function addRelatedOption(command: Command): Command {
  return command.option(
    "--related",
    "with --goroutine or --task: also goroutines that woke or created these",
  );
}

/** Whether only a part of the trace is asked for. */
export function isSelective({ from, to, goroutine, task }: SelectionOptions): boolean {
  return [from, to, goroutine, task].some((option) => option !== undefined);
}

/** What the options ask for. @throws Failure if they contradict one another */
export function queryOf({ from = 0, to, goroutine = [], task, related }: SelectionOptions): SelectionQuery {
  if (to !== undefined && from >= to) {
    throw usage("--from is not before --to", "Both count from the start of the trace.");
  }
  if (related && goroutine.length === 0 && task === undefined) {
    throw usage("--related says whom else to show: related to what?", "Give --goroutine or --task too.");
  }
  const isWindow = from > 0 || to !== undefined;
  const window = isWindow ? { from, to: to ?? Number.POSITIVE_INFINITY } : undefined;
  return { window, goroutines: goroutine, task, related };
}

function checked<T>(parse: (text: string) => T, text: string): T {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof SelectorError)) throw error;
    throw new InvalidArgumentError(`As a selector, ${error.message}.`);
  }
}

/** A parser for an option that means nothing if it is given twice. */
export function once<T>(parse: (text: string) => T): (text: string, before: T | undefined) => T {
  return (text, before) => {
    if (before !== undefined) throw new InvalidArgumentError("It is given twice.");
    return parse(text);
  };
}

function usage(message: string, advice: string): Failure {
  return new Failure(message, advice, { exitCode: ExitCode.Usage });
}
