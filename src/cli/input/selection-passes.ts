import { TraceError } from "../../base/errors.js";
import { FileSource } from "../../bytes/file-source.js";
import { holdsGzip } from "../../bytes/gzip-source.js";
import { PeekedSource } from "../../bytes/peeked-source.js";
import {
  findSelection,
  needsPasses,
  type SelectionQuery,
  type TracePart,
} from "../../select/find-selection.js";
import type { CommonOptions } from "../options/common.js";
import { queryOf, type SelectionOptions } from "../options/selection.js";
import { TemporaryFile } from "../output/temporary-files.js";
import { type Input, type InputOptions, nameOf, openInput, openSource, versionOf } from "./input.js";
import { Progress } from "./progress.js";
import { readingOptions } from "./reading.js";
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
  const source = new PeekedSource(await openSource(path, name, options));
  try {
    if (source.readAt !== undefined) return undefined;
    // Check first: any other stream could be endless.
    if (!(await holdsGzip(source))) await versionOf(source, name, false);
    return await TemporaryFile.of(source);
  } catch (error) {
    throw openFailure(error, name);
  } finally {
    await source.close();
  }
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
