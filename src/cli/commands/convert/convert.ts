import { counted } from "../../../base/grouped.js";
import type { Trace } from "../../../order/trace.js";
import { convert } from "../../../sink/convert.js";
import {
  autoDetail,
  createGoSink,
  createSink,
  type Detail,
  type GoChanges,
  type Kept,
  keptOf,
} from "../../../sink/create-sink.js";
import { intactOrRepaired, NeedsRepair } from "../../../sink/intact.js";
import type { CriticalPathView, ViewOptions } from "../../../sink/view-options.js";
import { LastingInput } from "../../input/lasting-input.js";
import { Progress } from "../../input/progress.js";
import { concludeReading } from "../../input/reading.js";
import { openSelected, openWithPart } from "../../input/selected-input.js";
import { selectionFailure } from "../../input/trace-failure.js";
import type { CommonOptions } from "../../options/common.js";
import { isSelective, queryOf, type SelectionOptions } from "../../options/selection.js";
import { isSplit, refuseSplitStream, type SplitOptions } from "../../options/split.js";
import type { ViewerOptions } from "../../options/view.js";
import { isRevocable, writeOutput } from "../../output/open-output.js";
import type { Output } from "../../output/output.js";
import {
  ENDINGS,
  FORMAT_NAMES,
  formatOf,
  namedFormat,
  type OutputFormat,
} from "../../output/output-format.js";
import { isFolderName, outputFile } from "../../output/output-name.js";
import { refuseSameFile } from "../../output/same-file.js";
import { writtenSize } from "../../output/written-size.js";
import type { ExitCode } from "../../process/exit-codes.js";
import { type Failure, usageFailure } from "../../process/failure.js";
import { Messages } from "../../process/messages.js";
import { STDIO } from "../../process/stdio.js";
import { type Conversion, conversionOf } from "./conversion.js";

export interface ConvertOptions extends CommonOptions, SelectionOptions, SplitOptions, ViewerOptions {
  readonly output?: string;
  readonly format?: OutputFormat;
  /** The N of the header `go 1.N trace` of a Go trace. */
  readonly goVersion?: number;
  /** Whether a Go trace is written without what most readers can spare. */
  readonly slim?: boolean;
  /** Writes OUT, if it is not to appear when it is complete. */
  readonly into?: Output;
  /** The name of OUT in messages, if not its path. */
  readonly shownAs?: string;
}

/** `go2perfetto IN -o OUT` */
export async function convertCommand(path: string, options: ConvertOptions): Promise<ExitCode> {
  return (await convertFile(path, options, new Messages(options))).code;
}

/** Converts IN. @throws Failure */
export async function convertFile(
  path: string,
  options: ConvertOptions,
  messages: Messages,
): Promise<Conversion> {
  const { output } = options;
  const format = formatOf(output !== undefined && isFolderName(output) ? undefined : output, options.format);
  const target = outputFile(path, output, ENDINGS[format]);
  const named = namedFormat(target);
  if (named !== undefined && named !== format) {
    messages.warning(
      `${target} holds ${FORMAT_NAMES[format]}, although its name is that of ${FORMAT_NAMES[named]}`,
    );
  }
  queryOf(options);
  if (options.goVersion !== undefined && format !== "go") throw goVersionIsOfGo();
  if (isSplit(options)) refuseSplitStream(target);
  if (options.split !== undefined && format === "go") throw splitAutoIsForViewers();
  await refuseSameFile(path, target, options);
  if (isSplit(options)) return convertSplit(path, target, format, options, messages);
  const job = { path, target, format };
  if (format !== "go" || isSelective(options)) return convertOnce(job, false, options, messages);
  const lasting = await LastingInput.open(path, options);
  try {
    return await intactOrRepaired((intact) => convertOnce({ ...job, lasting }, intact, options, messages));
  } finally {
    await lasting.close();
  }
}

/** IN and the one file to write of it. */
interface ConversionJob {
  readonly path: string;
  readonly target: string;
  readonly format: OutputFormat;
  /** IN, already open. */
  readonly lasting?: LastingInput;
}

/**
 * Converts IN into one file.
 * @param intact whether a Go trace is to keep what it can of an intact IN
 * @throws Failure; NeedsRepair if IN is not intact
 */
async function convertOnce(
  { path, target, format, lasting }: ConversionJob,
  intact: boolean,
  options: ConvertOptions,
  messages: Messages,
): Promise<Conversion> {
  const shown = await shownPath(path, format, options);
  const input = await openSelected(path, options, lasting?.source);
  try {
    const kept = intact ? await keptIn(target, input.trace.format, options) : undefined;
    const [detail, view] = detailOf(format, options, input.size);
    const sink =
      format === "go"
        ? await createGoSink(input.trace.format, changesOf(options), kept)
        : await createSink(format, input.title, detail, { ...view, path: shown });
    const progress = new Progress(input, options);
    const start = performance.now();
    const { code, result } = await writeOutput(options.into ?? target, async (output) => {
      const result = await convert(input.trace, sink, {
        write: (bytes) => output.write(bytes),
        progress: (events) => progress.update(events),
        intact: kept !== undefined,
      }).finally(() => progress.stop());
      if (kept === "bytes" && !(await lasting?.copy(input.trace.bytesRead, output))) throw new NeedsRepair();
      const { error, events } = result;
      return { code: concludeReading(input.name, input.trace, error, events > 0, options, messages), result };
    });
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    const events = counted(result.events, "event");
    if (target !== STDIO) {
      const size = await writtenSize([target]);
      messages.info(`${options.shownAs ?? target}: ${size ? `${size}, ` : ""}${events} in ${seconds} s`);
    }
    for (const omission of sink.omissions ?? []) messages.info(omission.text);
    return conversionOf(input.trace, result.error, {
      code,
      duration: result.duration,
      events: result.events,
      leftOut: (sink.omissions ?? []).map(({ text }) => text),
      outputs: [target],
    });
  } catch (error) {
    await input.trace.close();
    throw selectionFailure(error, input.name);
  }
}

function changesOf({ goVersion, slim, naming }: ConvertOptions): GoChanges {
  return { minor: goVersion, slim, renamed: naming !== undefined };
}

/** What a Go trace keeps of an intact IN. Bytes are written when IN is known to be intact, others before. */
async function keptIn(
  target: string,
  input: Trace["format"],
  options: ConvertOptions,
): Promise<Kept | undefined> {
  const kept = keptOf(input, changesOf(options));
  return kept === "bytes" || (await isRevocable(target)) ? kept : undefined;
}

/** The critical path of the slowest selected task or goroutine, for formats and details that show it. */
async function shownPath(
  path: string,
  format: OutputFormat,
  options: ConvertOptions,
): Promise<CriticalPathView | undefined> {
  const { detail, goroutine, task, tracks } = options;
  if (format !== "pftrace" || detail === "lean" || (goroutine === undefined && task === undefined))
    return undefined;
  if (tracks !== undefined && ![...tracks].includes("path")) return undefined;
  return (await import("./shown-path.js")).readShownPath(path, options);
}

/** Converts IN into several files. */
async function convertSplit(
  path: string,
  target: string,
  format: OutputFormat,
  options: ConvertOptions,
  messages: Messages,
): Promise<Conversion> {
  const { convertParts } = await import("./convert-parts.js");
  const opened = await openWithPart(path, options);
  const { title, trace } = opened.input;
  // Only --split auto limits parts by what a viewer opens. The size of other parts is not known in advance.
  const size = options.split === undefined ? undefined : opened.input.size;
  const [detail, view] = detailOf(format, options, size);
  return convertParts(
    {
      path,
      target,
      opened,
      createSink: () =>
        format === "go"
          ? createGoSink(trace.format, changesOf(options))
          : createSink(format, title, detail, view),
      format,
      detail,
    },
    options,
    messages,
  );
}

function goVersionIsOfGo(): Failure {
  const advice = "Name a .trace file, give --format go, or leave out --go-version.";
  return usageFailure("--go-version is for Go traces", advice);
}

function splitAutoIsForViewers(): Failure {
  const advice = "Give --split-time or --split-size: go tool trace divides large traces itself.";
  return usageFailure("--split auto is for .pftrace and .json", advice);
}

/** How much to write, and the reason if it is lean. A Go trace has all. */
function detailOf(
  format: OutputFormat,
  given: ConvertOptions,
  size: number | undefined,
): [Detail, ViewOptions] {
  const options = { ...given, wrappers: given.wrapper ?? [] };
  if (format === "go") return ["full", options];
  if (options.detail !== "auto") return [options.detail, options];
  const { detail, whyLean } = autoDetail(format, isSelective(options) ? undefined : size);
  return [detail, { ...options, whyLean }];
}
