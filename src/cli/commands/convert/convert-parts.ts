import type { TraceError } from "../../../base/errors.js";
import { counted, grouped } from "../../../base/grouped.js";
import { splitTrace } from "../../../select/split-trace.js";
import { convert } from "../../../sink/convert.js";
import type { Detail } from "../../../sink/create-sink.js";
import type { TraceSink } from "../../../sink/trace-sink.js";
import { Progress } from "../../input/progress.js";
import { concludeReading } from "../../input/reading.js";
import type { InputWithPart } from "../../input/selection-passes.js";
import { selectionFailure } from "../../input/trace-failure.js";
import type { CommonOptions } from "../../options/common.js";
import type { SplitOptions } from "../../options/split.js";
import type { OutputFormat } from "../../output/output-format.js";
import { writtenSize } from "../../output/written-size.js";
import type { Messages } from "../../process/messages.js";
import { type Conversion, conversionOf } from "./conversion.js";
import { PartFiles } from "./part-files.js";
import { browserLimits, NO_LIMITS, PartMeter } from "./part-meter.js";

/** A part with more goroutines than this factor times its limit gets a warning. */
const TOLERATED = 1.5;
/** The most omissions that are printed individually. */
const MOST_TOLD = 10;

/** What to write into parts. */
export interface PartsRequest {
  /** IN as given. */
  readonly path: string;
  /** OUT, the base of the parts' names. */
  readonly target: string;
  readonly opened: InputWithPart;
  /** Creates the sink of a part. */
  readonly createSink: () => Promise<TraceSink>;
  readonly format: OutputFormat;
  readonly detail: Detail;
}

/** Converts a trace into several files. */
export async function convertParts(
  { path, target, opened, createSink, format, detail }: PartsRequest,
  options: SplitOptions & CommonOptions,
  messages: Messages,
): Promise<Conversion> {
  const { input, part: selected } = opened;
  const { split, splitSize, splitTime } = options;
  const files = new PartFiles(target, path, options);
  const limits = split === undefined || format === "go" ? NO_LIMITS : browserLimits(format, detail);
  const meter = new PartMeter({ ...limits, bytes: Math.min(limits.bytes, splitSize ?? limits.bytes) });
  const progress = new Progress(input, options);
  const start = performance.now();
  const omissions = new Map<string, number[]>();
  const large: LargePart[] = [];
  const crowded: LargePart[] = [];
  let events = 0;
  let base: number | undefined;
  let duration = 0;
  let error: TraceError | undefined;
  try {
    const parts = splitTrace(input.trace, { ...selected, step: splitTime, isFull: meter.isFull });
    for await (const part of parts) {
      const sink = await createSink();
      const output = await files.open();
      meter.begin(sink);
      const before = events;
      const result = await convert(part, sink, {
        write: (bytes) => {
          meter.take(bytes.length);
          return output.write(bytes);
        },
        progress: (count) => progress.update(before + count),
      });
      await files.seal();
      events += result.events;
      error = result.error;
      base ??= part.timeBase;
      duration = part.timeBase - base + result.duration;
      const { count } = files;
      if (splitSize !== undefined && meter.size > splitSize)
        large.push({ number: count, amount: meter.size });
      if (meter.goroutines > limits.goroutines * TOLERATED)
        crowded.push({ number: count, amount: meter.goroutines });
      for (const { text } of sink.omissions ?? [])
        omissions.set(text, [...(omissions.get(text) ?? []), count]);
    }
    progress.stop();
    const code = concludeReading(input.name, input.trace, error, events > 0, options, messages);
    await files.publish();
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    const outputs = Array.from({ length: files.count }, (_each, i) => files.names.name(i + 1, files.count));
    const size = await writtenSize(outputs);
    messages.info(
      `${partsText(files)}, ${size ? `${size}, ` : ""}${counted(events, "event")} in ${seconds} s`,
    );
    const leftOut = omissionLines(omissions, files.count);
    for (const text of leftOut.slice(0, MOST_TOLD)) messages.info(text);
    if (leftOut.length > MOST_TOLD)
      messages.info(`… and ${counted(leftOut.length - MOST_TOLD, "more such line")}`);
    if (splitSize !== undefined) tellLarge(files, large, splitSize, messages);
    tellCrowded(files, crowded, limits.goroutines, messages);
    await tellStale(files, messages);
    return conversionOf(input.trace, error, {
      code,
      duration,
      events,
      leftOut,
      outputs,
    });
  } catch (failure) {
    progress.stop();
    await files.discard();
    await input.trace.close();
    throw selectionFailure(failure, input.name);
  }
}

/** What was omitted, with the numbers of the parts unless all parts have the omission. */
function omissionLines(omissions: ReadonlyMap<string, readonly number[]>, count: number): string[] {
  return [...omissions].flatMap(([text, parts]) =>
    parts.length === count ? [text] : parts.map((part) => `part ${part}: ${text}`),
  );
}

/** The parts, such as `out.001.pftrace … out.004.pftrace: 4 parts`. */
function partsText({ names, count }: PartFiles): string {
  const first = names.name(1, count);
  return `${count === 1 ? first : `${first} … ${names.name(count)}`}: ${counted(count, "part")}`;
}

/** A part that exceeds a limit, and by how much. */
interface LargePart {
  readonly number: number;
  readonly amount: number;
}

const largestOf = (parts: readonly LargePart[]) => [...parts].sort((a, b) => b.amount - a.amount)[0];

/**
 * Warns about parts above the requested size: the state at the beginning and a block of events can take more.
 */
function tellLarge(
  { names, count }: PartFiles,
  large: readonly LargePart[],
  most: number,
  messages: Messages,
): void {
  const largest = largestOf(large);
  if (largest === undefined) return;
  const name = names.name(largest.number, count);
  const size = `${counted(largest.amount, "byte")} instead of ${grouped(most)}`;
  const text =
    large.length === 1
      ? `${name} has ${size}`
      : `${counted(large.length, "part")} are too large, ${name} has ${size}`;
  messages.warning(text, "The smallest part is the state at its beginning and a thousand events.");
}

/** Warns about parts with more goroutines than a browser can show. */
function tellCrowded(
  { names, count }: PartFiles,
  crowded: readonly LargePart[],
  most: number,
  messages: Messages,
): void {
  const largest = largestOf(crowded);
  if (largest === undefined) return;
  const name = names.name(largest.number, count);
  const has = `${name} has ${counted(largest.amount, "goroutine")}, but a browser opens about ${grouped(most)}`;
  const text =
    crowded.length === 1 ? has : `${counted(crowded.length, "part")} have too many goroutines: ${has}`;
  messages.warning(
    text,
    "They are alive at the same time: select some with --goroutine, or try --detail lean.",
  );
}

/** Warns about files of an earlier run, which look like further parts of this one. They are kept. */
async function tellStale({ names, count }: PartFiles, messages: Messages): Promise<void> {
  const stale = await names.stale(count).catch(() => []);
  const [first] = stale;
  if (first === undefined) return;
  const range =
    stale.length === 1 ? `${first} is` : `${first} … ${stale.at(-1)} (${counted(stale.length, "file")}) are`;
  messages.warning(
    `${range} from an earlier run`,
    "They do not belong to this trace: remove them if you do not need them.",
  );
}
