import { type Command, InvalidArgumentError, Option } from "commander";
import type { SelectionQuery } from "../../select/find-selection.js";
import {
  type GoroutineSelector,
  parseGoroutineSelector,
  parseTaskSelector,
  SelectorError,
  type TaskSelector,
} from "../../select/goroutine-selector.js";
import { usageFailure } from "../process/failure.js";
import { once, parseTime } from "./values.js";

/** The options that select a part of the trace. */
export interface SelectionOptions {
  readonly from?: number;
  readonly to?: number;
  readonly goroutine?: readonly GoroutineSelector[];
  readonly task?: TaskSelector;
  readonly related?: boolean;
}

/** Adds the options to a command. */
export function addSelectionOptions(command: Command): void {
  command
    .addOption(
      new Option(
        "--from <D>",
        "only from this time on: a duration since the start, such as 1.5s or 300ms",
      ).argParser(once(parseTime)),
    )
    .addOption(
      new Option("--to <D>", "only before this time, also since the start").argParser(once(parseTime)),
    )
    .addOption(
      new Option(
        "--goroutine <SEL>",
        "only these goroutines: an id, a start function, or /re/ that matches it; may be given more than once",
      ).argParser((text, before: GoroutineSelector[] | undefined) => [
        ...(before ?? []),
        checked(parseGoroutineSelector, text),
      ]),
    )
    .addOption(
      new Option(
        "--task <TASK>",
        "only goroutines that work for this task (an id or a type), while it is open",
      ).argParser(once((text) => checked(parseTaskSelector, text))),
    );
}

/** Adds `--related` to a command that can show related goroutines. */
export function addRelatedOption(command: Command): void {
  command.option(
    "--related",
    "with --goroutine or --task: also goroutines that woke or created the selected ones",
  );
}

/** Whether the options select a part of the trace. */
export function isSelective({ from, to, goroutine, task }: SelectionOptions): boolean {
  return [from, to, goroutine, task].some((option) => option !== undefined);
}

/** The selection in the options. @throws Failure if they contradict each other */
export function queryOf({ from = 0, to, goroutine = [], task, related }: SelectionOptions): SelectionQuery {
  if (to !== undefined && from >= to) {
    throw usageFailure("--from is not before --to", "Both count from the start of the trace.");
  }
  if (related && goroutine.length === 0 && task === undefined) {
    throw usageFailure("--related needs --goroutine or --task", "Select the goroutines to start from.");
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
