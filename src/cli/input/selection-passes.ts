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
import { queryOf, type SelectionOptions } from "../options/selection.js";
import { TemporaryFile } from "../output/temporary-file.js";
import {
  asFailure,
  type Input,
  type InputOptions,
  nameOf,
  openInput,
  openSource,
  versionOf,
} from "./input.js";
import { Progress } from "./progress.js";
import { type CommonOptions, readingOptions } from "./reading.js";
import { type InputWithPart, selectionFailure } from "./selected-input.js";

/** Opens IN and finds the part of it that the options ask for: see `openSelected`. */
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
    const open = async () => openInput(path, options, reading, await (file?.open() ?? FileSource.open(path)));
    const part = await find(query, open, options);
    return { input: await open(), part };
  } catch (error) {
    throw selectionFailure(
      error instanceof TraceError ? asFailure(error, nameOf(path)) : error,
      nameOf(path),
    );
  } finally {
    await file?.remove();
  }
}

/** Where what is no file is kept, since it comes but once; undefined for a file. */
async function fileOf(path: string, options: CommonOptions): Promise<TemporaryFile | undefined> {
  const name = nameOf(path);
  const source = new PeekedSource(await openSource(path, name, options));
  try {
    if (source.readAt !== undefined) return undefined;
    // Else anything at all would be kept, without an end.
    if (!(await holdsGzip(source))) await versionOf(source, name, false);
    return await TemporaryFile.of(source);
  } catch (error) {
    throw asFailure(error, name);
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
