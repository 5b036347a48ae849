import type { ByteSource } from "../../bytes/byte-source.js";
import type { CommonOptions } from "../options/common.js";
import { isSelective, type SelectionOptions } from "../options/selection.js";
import { type Input, type InputOptions, openInput } from "./input.js";
import { readingOptions } from "./reading.js";
import type { InputWithPart } from "./selection-passes.js";

/**
 * Opens IN, or the selected part of it. Finding the part may take extra passes over IN, for which a stream is
 * copied to a temporary file.
 * @param opened the source of all of IN, if it is already open
 * @throws Failure with advice, also if the selection matches nothing
 */
export async function openSelected(
  path: string,
  options: SelectionOptions & CommonOptions,
  opened?: ByteSource,
): Promise<Input> {
  if (!isSelective(options)) return openInput(path, options, await readingOptions(options), opened);
  const { input, part } = await openWithPart(path, options);
  const { partOf } = await import("../../select/find-selection.js");
  return { ...input, trace: partOf(input.trace, part) };
}

/** Opens IN like {@link openSelected}, and lets the caller take the part. */
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
