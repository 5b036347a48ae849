import { counted } from "../../../base/grouped.js";
import { convert } from "../../../sink/convert.js";
import { formatName } from "../../../sink/metadata.js";
import type { Grouping, StackMode, TrackGroup, ViewOptions } from "../../../sink/view-options.js";
import { tooLarge } from "../../../sink/viewer-limit.js";
import { Progress } from "../../input/progress.js";
import { type CommonOptions, concludeReading, lossesOf } from "../../input/reading.js";
import { openSelected, openWithPart, selectionFailure } from "../../input/selected-input.js";
import { isSelective, queryOf, type SelectionOptions } from "../../options/selection.js";
import { isSplit, refuseSplitStream, type SplitOptions } from "../../options/split.js";
import { writeOutput } from "../../output/output.js";
import { createSink, type Detail, type Format, formatOf, namedFormat } from "../../output/output-format.js";
import { isFolderName, outputFile } from "../../output/output-name.js";
import { refuseSameFile } from "../../output/same-file.js";
import type { ExitCode } from "../../process/exit-codes.js";
import { Messages } from "../../process/messages.js";
import { STDIO } from "../../process/stdio.js";
import type { ConvertedFile } from "./converted-file.js";
import { browserLimits } from "./part-limits.js";

export interface ConvertOptions extends CommonOptions, SelectionOptions, SplitOptions {
  readonly output?: string;
  readonly format?: Format;
  readonly detail: "auto" | "full" | "lean";
  readonly group: Grouping;
  readonly stacks: StackMode;
  /** Absent for all of them. */
  readonly tracks?: readonly TrackGroup[];
  /** Nanoseconds. */
  readonly minDuration?: number;
  /** What OUT is called in messages, if not by its path. */
  readonly shownAs?: string;
}

/** `go2perfetto IN -o OUT` */
export async function convertCommand(path: string, options: ConvertOptions): Promise<ExitCode> {
  return (await convertFile(path, options, new Messages(options))).code;
}

/** Converts IN as the options say. @throws Failure */
export async function convertFile(
  path: string,
  options: ConvertOptions,
  messages: Messages,
): Promise<ConvertedFile> {
  const { output } = options;
  const format = formatOf(output !== undefined && isFolderName(output) ? undefined : output, options.format);
  const target = outputFile(path, output, `.${format}`);
  const named = namedFormat(target);
  if (named !== undefined && named !== format) {
    messages.warning(`${target}: it is written as ${format}, as --format says; its extension names ${named}`);
  }
  queryOf(options);
  if (isSplit(options)) refuseSplitStream(target);
  await refuseSameFile(path, target, options);
  if (isSplit(options)) return convertSplit(path, target, format, options, messages);
  const input = await openSelected(path, options);
  try {
    const sink = await createSink(format, input.title, ...detailOf(options, input.size));
    const progress = new Progress(input, options);
    const start = performance.now();
    const { code, result } = await writeOutput(target, async (output) => {
      const result = await convert(input.trace, sink, {
        write: (bytes) => output.write(bytes),
        progress: (events) => progress.update(events),
      }).finally(() => progress.stop());
      const { error, events } = result;
      return { code: concludeReading(input.name, input.trace, error, events > 0, options, messages), result };
    });
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    const events = counted(result.events, "event");
    if (target !== STDIO) messages.info(`${options.shownAs ?? target}: ${events} in ${seconds} s`);
    for (const omission of sink.omissions ?? []) messages.info(omission.text);
    return {
      code,
      format: formatName(input.trace),
      duration: result.duration,
      events: result.events,
      lost: lossesOf(input.trace, result.error),
      leftOut: (sink.omissions ?? []).map(({ text }) => text),
      outputs: [target],
    };
  } catch (error) {
    await input.trace.close();
    throw selectionFailure(error, input.name);
  }
}

/** The same into several files. */
async function convertSplit(
  path: string,
  target: string,
  format: Format,
  options: ConvertOptions,
  messages: Messages,
): Promise<ConvertedFile> {
  const { convertParts } = await import("./convert-parts.js");
  const opened = await openWithPart(path, options);
  const { title } = opened.input;
  // How large a part is that is not cut by its events is not known beforehand.
  const [detail, view] = detailOf(options, options.split === undefined ? undefined : opened.input.size);
  return convertParts(
    {
      path,
      target,
      opened,
      createSink: () => createSink(format, title, detail, view),
      auto: browserLimits(format, detail),
    },
    options,
    messages,
  );
}

/**
 * How much to write, and why so little. A large file is known to be too much for a viewer, if all of it is asked for; else
 * the limit decides on the way.
 */
function detailOf(options: ConvertOptions, size: number | undefined): [Detail, ViewOptions] {
  if (options.detail !== "auto") return [options.detail, options];
  const whyLean = isSelective(options) ? undefined : tooLarge(size);
  return whyLean === undefined ? ["limited", options] : ["lean", { ...options, whyLean }];
}
