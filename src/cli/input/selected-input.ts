import type { TracePart } from "../../select/find-selection.js";
import { SelectionError } from "../../select/selection-error.js";
import { isSelective, type SelectionOptions } from "../options/selection.js";
import { Failure } from "../process/failure.js";
import { type Input, type InputOptions, openInput } from "./input.js";
import { type CommonOptions, readingOptions } from "./reading.js";

/**
 * Opens IN, or the part of it that the options ask for. If that has to be looked for first, IN is read more than once;
 * what is no file is kept in a temporary one for that.
 * @throws Failure with advice, also if nothing is as asked for
 */
export async function openSelected(path: string, options: SelectionOptions & CommonOptions): Promise<Input> {
  if (!isSelective(options)) return openInput(path, options, await readingOptions(options));
  const { input, part } = await openWithPart(path, options);
  const { partOf } = await import("../../select/find-selection.js");
  return { ...input, trace: partOf(input.trace, part) };
}

/** A trace, all of it, and which part of it is asked for. */
export interface InputWithPart {
  readonly input: Input;
  readonly part: TracePart;
}

/** Opens IN like {@link openSelected}, for who makes the part of it. */
export async function openWithPart(
  path: string,
  options: SelectionOptions & CommonOptions,
  more: InputOptions = {},
): Promise<InputWithPart> {
  if (!isSelective(options)) {
    const reading = { ...(await readingOptions(options)), ...more };
    return { input: await openInput(path, options, reading), part: {} };
  }
  return (await import("./selection-passes.js")).openWithPart(path, options, more);
}

/** The error that ends the command for one that says that nothing is as asked for; any other as it is. */
export function selectionFailure(error: unknown, name: string): unknown {
  if (!(error instanceof SelectionError)) return error;
  return new Failure(`${name}: ${error.message}`, error.advice, { cause: error });
}
