import { type Command, InvalidArgumentError, Option } from "commander";
import type { LinkLog } from "../../event/link-log.js";
import type { SelectionQuery } from "../../select/find-selection.js";
import {
  type GoroutineSelector,
  parseGoroutineSelector,
  parseTaskSelector,
  SelectorError,
  type TaskSelector,
} from "../../select/goroutine-selector.js";
import { usageFailure } from "../process/failure.js";
import { linkLogOption } from "./link-log.js";
import { capitalized, parseTime } from "./values.js";

/** The options that select a part of the trace. */
export interface SelectionOptions {
  readonly from?: number;
  readonly to?: number;
  readonly goroutine?: readonly GoroutineSelector[];
  readonly task?: TaskSelector;
  /** 32 lower-case hexadecimal digits. */
  readonly traceId?: string;
  readonly linkLog?: readonly LinkLog[];
  readonly related?: boolean;
}

/** Adds the options to a command. */
export function addSelectionOptions(command: Command): void {
  command
    .addOption(
      new Option(
        "--from <D>",
        "only from this time on: a duration since the start, such as 1.5s or 300ms",
      ).argParser(parseTime),
    )
    .addOption(new Option("--to <D>", "only before this time, also since the start").argParser(parseTime))
    .addOption(
      new Option(
        "--goroutine <SEL>",
        "only these goroutines: an id, a start function or what findings and pictures name instead, or /re/ that matches it; may be given more than once",
      ).argParser((text, before: GoroutineSelector[] | undefined) => [
        ...(before ?? []),
        checked(parseGoroutineSelector, text),
      ]),
    )
    .addOption(
      new Option(
        "--task <TASK>",
        "only goroutines that work for this task (an id or a type), while it is open",
      ).argParser((text) => checked(parseTaskSelector, text)),
    )
    .addOption(
      new Option(
        "--trace-id <ID>",
        "only goroutines that work for tasks of this trace of the program's own tracing, whose id the program logged",
      )
        .argParser(parseTraceId)
        .conflicts("task"),
    )
    .addOption(linkLogOption());
}

/** Adds `--related` to a command that can show related goroutines. */
export function addRelatedOption(command: Command): void {
  command.option(
    "--related",
    "with --goroutine, --task or --trace-id: also goroutines that woke or created the selected ones",
  );
}

/** Whether the options select a part of the trace. */
export function isSelective({ from, to, goroutine, task, traceId }: SelectionOptions): boolean {
  return [from, to, goroutine, task, traceId].some((option) => option !== undefined);
}

/** The selection in the options. @throws Failure if they contradict each other */
export function queryOf(options: SelectionOptions): SelectionQuery {
  const { from = 0, to, goroutine = [], task, traceId, linkLog, related } = options;
  if (to !== undefined && from >= to) {
    throw usageFailure("--from is not before --to", "Both count from the start of the trace.");
  }
  if (related && goroutine.length === 0 && task === undefined && traceId === undefined) {
    throw usageFailure(
      "--related needs --goroutine, --task or --trace-id",
      "Select the goroutines to start from.",
    );
  }
  const isWindow = from > 0 || to !== undefined;
  const window = isWindow ? { from, to: to ?? Number.POSITIVE_INFINITY } : undefined;
  const programTrace = traceId === undefined ? undefined : { traceId, linkLogs: linkLog };
  return { window, goroutines: goroutine, task, programTrace, related };
}

/** Parses the id of a trace, of 128 or 64 bits. @throws InvalidArgumentError */
function parseTraceId(text: string): string {
  if (!/^([0-9a-f]{16}){1,2}$/i.test(text)) {
    throw new InvalidArgumentError("It is not a trace id of 32 (or 16) hexadecimal digits.");
  }
  return text.toLowerCase().padStart(32, "0");
}

function checked<T>(parse: (text: string) => T, text: string): T {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof SelectorError)) throw error;
    throw new InvalidArgumentError(`${capitalized(error.message)}.`);
  }
}
