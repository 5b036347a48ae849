import { SelectionError } from "../select/selection-error.js";
import type { CommonOptions } from "./commands/options.js";
import { Failure } from "./failure.js";
import { type Input, openInput } from "./input.js";
import { isSelective, type SelectionOptions } from "./selection-options.js";

/**
 * Opens IN, or the part of it that the options ask for. If that has to be looked for first, IN is read more than once;
 * what is no file is kept in a temporary one for that.
 * @throws Failure with advice, also if nothing is as asked for
 */
export async function openSelected(path: string, options: SelectionOptions & CommonOptions): Promise<Input> {
  if (!isSelective(options)) return openInput(path);
  return (await import("./selection-passes.js")).openPart(path, options);
}

/** The error that ends the command for one that says that nothing is as asked for; any other as it is. */
export function selectionFailure(error: unknown, name: string): unknown {
  if (!(error instanceof SelectionError)) return error;
  return new Failure(`${name}: ${error.message}`, error.advice, { cause: error });
}
