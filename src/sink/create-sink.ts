import type { Trace } from "../order/trace.js";
import { AUTO_LIMITS, tooLarge } from "./auto-detail.js";
import type { Format } from "./formats.js";
import type { TraceSink } from "./trace-sink.js";
import type { ViewOptions } from "./view-options.js";

/** How much to write. `limited` is full detail until the trace is too large for a viewer. */
export type Detail = "limited" | "full" | "lean";

/** How much to write if nobody says, and why if that is little. */
export interface AutoDetail {
  readonly detail: Detail;
  readonly whyLean?: string;
}

/**
 * A large file is lean from the start. Otherwise the sink becomes lean when the trace exceeds the limit of a viewer
 * (`auto-detail.ts`).
 * @param size bytes of the trace; undefined if unknown, or if only a part of it is converted
 */
export function autoDetail(format: Format, size: number | undefined): AutoDetail {
  const whyLean = tooLarge(format, size);
  return whyLean === undefined ? { detail: "limited" } : { detail: "lean", whyLean };
}

/** Creates the sink of a format. Only its module is loaded. @param title the name of the trace */
export async function createSink(
  format: Format,
  title: string,
  detail: Detail,
  options: ViewOptions,
): Promise<TraceSink> {
  const limited = detail === "limited" ? { ...options, limit: AUTO_LIMITS[format] } : options;
  if (format === "json") {
    const { ChromeSink } = await import("./chrome/chrome-sink.js");
    return new ChromeSink(title, { ...limited, lean: detail === "lean" });
  }
  if (detail === "lean") {
    const { LeanSink } = await import("./perfetto/lean-sink.js");
    return new LeanSink(title, options);
  }
  const { FullSink } = await import("./perfetto/full-sink.js");
  return new FullSink(title, limited);
}

/** What a Go trace has of the whole, intact input that it is made of: its bytes, or its timestamps. */
export type Kept = "bytes" | "timestamps";

/** What a Go trace is to be, if not what the input is. */
export interface GoChanges {
  /** The N of the header `go 1.N trace`; by default that of the input, or 23 for one before Go 1.22. */
  readonly minor?: number | undefined;
  /** Leaves out what `SlimSink` does. */
  readonly slim?: boolean | undefined;
  /** Whether the input comes with made-up names. */
  readonly renamed?: boolean | undefined;
}

/** What a Go trace can keep of an intact input; undefined if neither bytes nor timestamps. */
export function keptOf(input: Trace["format"], changes: GoChanges): Kept | undefined {
  const { minor = input.minor, slim, renamed } = changes;
  if (input.generation !== 2 || minor < input.minor) return undefined;
  return minor === input.minor && !slim && !renamed ? "bytes" : "timestamps";
}

/**
 * Creates the sink that writes a Go trace. A trace before Go 1.22 becomes one of Go 1.23, the first whose statuses have
 * stacks: they name goroutines.
 * @param kept what to keep, by {@link keptOf}. If that is bytes, nothing is written: the input is to be copied.
 */
export async function createGoSink(
  input: Trace["format"],
  { minor = input.generation === 2 ? input.minor : 23, slim = false }: GoChanges = {},
  kept?: Kept,
): Promise<TraceSink> {
  if (kept === "bytes") return new (await import("./silent-sink.js")).SilentSink();
  const { GoSink } = await import("./go/go-sink.js");
  const sink = new GoSink({ minor, experiments: !slim, keepTicks: kept === "timestamps" });
  return slim ? new (await import("./go/slim-sink.js")).SlimSink(sink) : sink;
}
