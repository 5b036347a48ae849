import type { TraceError } from "../../../base/errors.js";
import { counted, grouped } from "../../../base/grouped.js";
import { splitTrace } from "../../../select/split-trace.js";
import { convert } from "../../../sink/convert.js";
import { formatName } from "../../../sink/metadata.js";
import type { TraceSink } from "../../../sink/trace-sink.js";
import { Progress } from "../../input/progress.js";
import { type CommonOptions, concludeReading, lossesOf } from "../../input/reading.js";
import { type InputWithPart, selectionFailure } from "../../input/selected-input.js";
import type { SplitOptions } from "../../options/split.js";
import type { Messages } from "../../process/messages.js";
import type { ConvertedFile } from "./converted-file.js";
import { PartFiles } from "./part-files.js";
import { NO_LIMITS, type PartLimits } from "./part-limits.js";
import { PartMeter } from "./part-meter.js";

/** Times as many goroutines as a part is to have that are not worth a word. */
const TOLERATED = 1.5;
/** Omissions of parts that are told of one by one. */
const MOST_TOLD = 10;

/** What is written into parts. */
export interface PartsRequest {
  /** IN as it was given. */
  readonly path: string;
  /** OUT, which the parts are named after. */
  readonly target: string;
  readonly opened: InputWithPart;
  /** Makes what writes a part. */
  readonly createSink: () => Promise<TraceSink>;
  /** How much a part holds with `--split auto`. */
  readonly auto: PartLimits;
}

/** Converts a trace into several files. */
export async function convertParts(
  { path, target, opened, createSink, auto }: PartsRequest,
  options: SplitOptions & CommonOptions,
  messages: Messages,
): Promise<ConvertedFile> {
  const { input, part: selected } = opened;
  const { split, splitSize, splitTime } = options;
  const files = new PartFiles(target, path, options);
  const limits = split === undefined ? NO_LIMITS : auto;
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
    messages.info(`${partsText(files)}, ${counted(events, "event")} in ${seconds} s`);
    const leftOut = omissionLines(omissions, files.count);
    for (const text of leftOut.slice(0, MOST_TOLD)) messages.info(text);
    if (leftOut.length > MOST_TOLD)
      messages.info(`… and ${counted(leftOut.length - MOST_TOLD, "more such line")}`);
    if (splitSize !== undefined) tellLarge(files, large, splitSize, messages);
    tellCrowded(files, crowded, limits.goroutines, messages);
    await tellStale(files, messages);
    return {
      code,
      format: formatName(input.trace),
      duration,
      events,
      lost: lossesOf(input.trace, error),
      leftOut,
      outputs: Array.from({ length: files.count }, (_each, i) => files.names.name(i + 1, files.count)),
    };
  } catch (failure) {
    progress.stop();
    await files.discard();
    await input.trace.close();
    throw selectionFailure(failure, input.name);
  }
}

/** What was left out, with the part if that is not so of all. */
function omissionLines(omissions: ReadonlyMap<string, readonly number[]>, count: number): string[] {
  return [...omissions].flatMap(([text, parts]) =>
    parts.length === count ? [text] : parts.map((part) => `part ${part}: ${text}`),
  );
}

/** The parts that there are now, such as `out.001.pftrace … out.004.pftrace: 4 parts`. */
function partsText({ names, count }: PartFiles): string {
  const first = names.name(1, count);
  return `${count === 1 ? first : `${first} … ${names.name(count)}`}: ${counted(count, "part")}`;
}

/** A part that could not be as small as it was to be, and of what it has too much. */
interface LargePart {
  readonly number: number;
  readonly amount: number;
}

const largestOf = (parts: readonly LargePart[]) => [...parts].sort((a, b) => b.amount - a.amount)[0];

/** What is under way at a part's beginning, and a block of events, may take more than is asked for. */
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
  messages.warning(text, "No part is less than what is under way when it begins and a thousand events.");
}

/** More goroutines than a browser shows well may be alive at a time. */
function tellCrowded(
  { names, count }: PartFiles,
  crowded: readonly LargePart[],
  most: number,
  messages: Messages,
): void {
  const largest = largestOf(crowded);
  if (largest === undefined) return;
  const name = names.name(largest.number, count);
  const has = `${name} has ${counted(largest.amount, "goroutine")}, and a browser opens about ${grouped(most)}`;
  const text =
    crowded.length === 1 ? has : `${counted(crowded.length, "part")} have too many goroutines: ${has}`;
  messages.warning(text, "So many are alive at once: choose some with --goroutine, or try --detail lean.");
}

/** Files of an earlier run look like more parts of this one. They are not ours to remove. */
async function tellStale({ names, count }: PartFiles, messages: Messages): Promise<void> {
  const stale = await names.stale(count).catch(() => []);
  const [first] = stale;
  if (first === undefined) return;
  const range =
    stale.length === 1 ? `${first} is` : `${first} … ${stale.at(-1)} (${counted(stale.length, "file")}) are`;
  messages.warning(`${range} from an earlier run`, "Remove what is not wanted: this trace has no such part.");
}
