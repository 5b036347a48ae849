import { escapeText } from "../../base/escape.js";
import { grouped } from "../../base/grouped.js";
import { convert } from "../../sink/convert.js";
import type { Grouping, PerfettoOptions, StackMode, TrackGroup } from "../../sink/perfetto/options.js";
import type { Omission, TraceSink } from "../../sink/trace-sink.js";
import { defaultStem } from "../default-stem.js";
import { ExitCode } from "../exit-codes.js";
import { Failure } from "../failure.js";
import { Messages } from "../messages.js";
import { openOutput } from "../output.js";
import { Progress } from "../progress.js";
import { refuseSameFile } from "../same-file.js";
import { openSelected, selectionFailure } from "../selected-input.js";
import { isSelective, queryOf, type SelectionOptions } from "../selection-options.js";
import { STDIO } from "../stdio.js";
import { type CommonOptions, concludeReading } from "./options.js";

export interface ConvertOptions extends CommonOptions, SelectionOptions {
  readonly output?: string;
  readonly format?: "pftrace";
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

const EXTENSIONS = /\.(pftrace|perfetto-trace)(\.gz)?$/;
/** Bytes of a trace of about two million events. */
const LARGE = 11_000_000;

/** `go2perfetto IN -o OUT` */
export async function convertCommand(path: string, options: ConvertOptions): Promise<ExitCode> {
  const messages = new Messages(options);
  const target = targetOf(path, options);
  queryOf(options);
  await refuseSameFile(path, target, options);
  const input = await openSelected(path, options);
  const sink = await createSink(input.title, detailOf(options, input.size), options);
  const output = await openOutput(target, /\.gz$/.test(target));
  const progress = new Progress(input, options);
  const start = performance.now();
  try {
    const result = await convert(input.trace, sink, {
      write: (bytes) => output.write(bytes),
      progress: (events) => progress.update(events),
    });
    progress.stop();
    const code = concludeReading(input.name, input.trace, result.error, result.events > 0, options, messages);
    await output.close();
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    const events = grouped(result.events);
    if (target !== STDIO)
      messages.info(`${escapeText(options.shownAs ?? target)}: ${events} events in ${seconds} s`);
    for (const omission of sink.omissions ?? []) messages.info(omissionText(omission));
    return code;
  } catch (error) {
    progress.stop();
    await output.discard();
    await input.trace.close();
    throw selectionFailure(error, input.name);
  }
}

type Detail = "limited" | "full" | "lean";

/**
 * How much to write. A large file is known to be too much for a viewer, if all of it is asked for; else the limit
 * decides on the way.
 */
function detailOf(options: ConvertOptions, size: number | undefined): Detail {
  if (options.detail !== "auto") return options.detail;
  return size !== undefined && size > LARGE && !isSelective(options) ? "lean" : "limited";
}

async function createSink(title: string, detail: Detail, options: PerfettoOptions): Promise<TraceSink> {
  if (detail === "lean") {
    const { LeanSink } = await import("../../sink/perfetto/lean-sink.js");
    return new LeanSink(title, options);
  }
  const { FullSink, VIEWER_LIMIT } = await import("../../sink/perfetto/full-sink.js");
  return new FullSink(title, detail === "full" ? options : { ...options, limit: VIEWER_LIMIT });
}

function omissionText({ text, cause }: Omission): string {
  return cause === "viewer-limit" ? `${text} (--detail full has no limit)` : text;
}

/** OUT, from the options or IN's name. */
function targetOf(input: string, options: ConvertOptions): string {
  const { output } = options;
  if (output === undefined) {
    return `${defaultStem(input)}.pftrace`;
  }
  if (output === STDIO) return output;
  if (options.format === undefined && /\.json(\.gz)?$/.test(output)) {
    throw usage(`${output}: Chrome JSON is not written`, "Name a .pftrace file.");
  }
  if (options.format === undefined && !EXTENSIONS.test(output) && !output.startsWith("/dev/")) {
    throw usage(`${output}: the extension names no format`, "Name a .pftrace file, or say --format pftrace.");
  }
  return output;
}

function usage(message: string, advice: string): Failure {
  return new Failure(message, advice, { exitCode: ExitCode.Usage });
}
