import type { Trace } from "../order/trace.js";
import { tooLarge, VIEWER_LIMIT } from "./auto-detail.js";
import type { TraceSink } from "./trace-sink.js";
import type { ViewOptions } from "./view-options.js";

/** The formats of conversions, by their names in `--format`. */
export const FORMATS = ["pftrace", "json"] as const;
export type Format = (typeof FORMATS)[number];

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
export function autoDetail(size: number | undefined): AutoDetail {
  const whyLean = tooLarge(size);
  return whyLean === undefined ? { detail: "limited" } : { detail: "lean", whyLean };
}

/** Creates the sink of a format. Only its module is loaded. @param title the name of the trace */
export async function createSink(
  format: Format,
  title: string,
  detail: Detail,
  options: ViewOptions,
): Promise<TraceSink> {
  const limited = detail === "limited" ? { ...options, limit: VIEWER_LIMIT } : options;
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

/**
 * Creates the sink that writes a Go trace.
 * @param minor the N of the header `go 1.N trace` to write; by default the one of the input. A trace before Go 1.22
 *   gets 23, the first whose statuses have stacks: they name goroutines.
 * @param slim leaves out what `SlimSink` does
 * @param keepTicks whether to keep timestamps: the sink gets all events of a trace that needs no repair, and writes all but yields
 */
export async function createGoSink(
  input: Trace["format"],
  minor = input.generation === 2 ? input.minor : 23,
  { slim = false, keepTicks = false }: { readonly slim?: boolean; readonly keepTicks?: boolean } = {},
): Promise<TraceSink> {
  const { GoSink } = await import("./go/go-sink.js");
  const sink = new GoSink({ minor, experiments: !slim, keepTicks });
  return slim ? new (await import("./go/slim-sink.js")).SlimSink(sink) : sink;
}

/** Whether a Go trace can keep the timestamps of an undamaged input. @param minor as for {@link createGoSink} */
export function canKeepTicks(input: Trace["format"], minor = input.minor): boolean {
  return input.generation === 2 && minor >= input.minor;
}

/** Whether a trace that was read, or what is written of it, lacks events or has more than are stored. */
export function isMended({ diagnostics }: Trace, { omissions = [] }: TraceSink): boolean {
  const severities = diagnostics.entries().map(({ severity }) => severity);
  // The times of other events do not depend on yields that are left out.
  const lacks = omissions.some(({ cause }) => cause !== "yields");
  return lacks || severities.includes("repair") || severities.includes("loss");
}
