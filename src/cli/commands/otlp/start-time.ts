import { stat } from "node:fs/promises";
import type { ClockSnapshot } from "../../../event/generation.js";
import { wallClockAt } from "../../../event/wall-clock.js";
import { openInput } from "../../input/input.js";
import { readAll } from "../../input/reading.js";
import { usageFailure } from "../../process/failure.js";
import type { Messages } from "../../process/messages.js";
import type { StartTime } from "./options.js";

const NS_PER_MS = 1_000_000n;

/** The beginning of a trace. Times are absolute, in nanoseconds of the trace's clock. */
export interface TraceStart {
  /** IN, if it is a file. */
  readonly file: string | undefined;
  /** The beginning of the whole trace. */
  readonly whole: number;
  /** The beginning of the selected part. */
  readonly part: number;
  /** A snapshot of both clocks, if the trace has one. */
  readonly clock: ClockSnapshot | undefined;
}

/**
 * The wall clock time at the beginning of the part; undefined if the trace has it. The option takes
 * precedence. Without the option, a trace in a file ended when the file was last written; an extra pass finds
 * the trace's length. A stream began now.
 * @throws Failure if the option does not apply to IN
 */
export async function wallStartOf(
  start: TraceStart,
  option: StartTime | undefined,
  messages: Messages,
): Promise<bigint | undefined> {
  const { file, whole, part, clock } = start;
  if (option === "mtime" && file === undefined) {
    throw usageFailure("--start-time mtime needs a file", "Give a time, or now.");
  }
  const offset = BigInt(Math.round(part - whole));
  if (typeof option === "bigint") return option + offset;
  if (option === undefined && clock !== undefined) return undefined;
  if (option === undefined) {
    const guess = file === undefined ? "it begins now" : "it ends when the file was written";
    messages.warning(
      `the trace has no wall clock: spans assume that ${guess}`,
      "--start-time sets the time when it began.",
    );
  }
  if (option === "now" || file === undefined) return BigInt(Date.now()) * NS_PER_MS + offset;
  return wallClockAt(await endOf(file), part);
}

async function endOf(file: string): Promise<ClockSnapshot> {
  const { mtimeNs } = await stat(file, { bigint: true });
  const { trace } = await openInput(file, {});
  let time = 0;
  await readAll(trace, (block) => {
    time = block.time[block.length - 1] ?? time;
  });
  await trace.close();
  return { trace: trace.timeBase + time, mono: 0, wall: mtimeNs };
}
