import { TraceError } from "../../base/errors.js";
import { FileSource } from "../../bytes/file-source.js";
import {
  findSelection,
  needsPasses,
  type SelectionQuery,
  type TracePart,
} from "../../select/find-selection.js";
import type { CommonOptions } from "../options/common.js";
import { queryOf, type SelectionOptions } from "../options/selection.js";
import type { TemporaryFile } from "../output/temporary-files.js";
import { type Input, type InputOptions, nameOf, openInput, openSource } from "./input.js";
import { Progress } from "./progress.js";
import { readingOptions } from "./reading.js";
import { copyOfStream } from "./stream-copy.js";
import { openFailure, selectionFailure } from "./trace-failure.js";

/** A trace and the selected part of it. */
export interface InputWithPart {
  readonly input: Input;
  readonly part: TracePart;
}

/** Opens IN and finds the selected part. See `openSelected`. */
export async function openWithPart(
  path: string,
  options: SelectionOptions & CommonOptions,
  more: InputOptions,
): Promise<InputWithPart> {
  const query = queryOf(options);
  const reading = { ...(await readingOptions(options)), ...more };
  if (!needsPasses(query)) return { input: await openInput(path, options, reading), part: query };
  const file = await fileOf(path, options);
  try {
    const open = async (naming: CommonOptions) =>
      openInput(path, naming, reading, await (file?.open() ?? FileSource.open(path)));
    // A selection is about the real names.
    const part = await find(query, () => open({ ...options, naming: undefined }), options);
    return { input: await open(options), part };
  } catch (error) {
    throw selectionFailure(
      error instanceof TraceError ? openFailure(error, nameOf(path)) : error,
      nameOf(path),
    );
  } finally {
    await file?.remove();
  }
}

/** A copy of IN if it is a stream, which can be read only once. Undefined for a file. */
async function fileOf(path: string, options: CommonOptions): Promise<TemporaryFile | undefined> {
  const name = nameOf(path);
  const source = await openSource(path, name, options);
  if (source.readAt === undefined) return copyOfStream(source, name);
  await source.close?.();
  return undefined;
}

async function find(
  query: SelectionQuery,
  open: () => Promise<Input>,
  options: CommonOptions,
): Promise<TracePart> {
  let progress: Progress | undefined;
  try {
    return await findSelection(query, {
      open: async () => {
        const input = await open();
        progress?.stop();
        progress = new Progress(input, options);
        return input.trace;
      },
      progress: (events) => progress?.update(events),
    });
  } finally {
    progress?.stop();
  }
}
