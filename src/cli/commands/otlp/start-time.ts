import { stat } from "node:fs/promises";
import type { ClockSnapshot } from "../../../event/generation.js";
import { wallClockAt } from "../../../event/wall-clock.js";
import { openInput } from "../../input/input.js";
import { readAll } from "../../input/reading.js";
import { ExitCode } from "../../process/exit-codes.js";
import { Failure } from "../../process/failure.js";
import type { Messages } from "../../process/messages.js";
import type { StartTime } from "./command.js";

const NS_PER_MS = 1_000_000n;

/** What is known when the first events of a trace have been read. Times are absolute, in nanoseconds of the trace's clock. */
export interface TraceStart {
  /** IN, if it is a file. */
  readonly file: string | undefined;
  /** Where the whole trace begins. */
  readonly whole: number;
  /** Where the part of it begins that is asked for. */
  readonly part: number;
  /** A reading of both clocks, if the trace has one. */
  readonly clock: ClockSnapshot | undefined;
}

/**
 * What the wall clock showed when the part began, if the trace is not to tell that itself: by the option, else by when its file was
 * written (it is read for that, as it ended then), else as if it began now.
 * @throws Failure if the option asks for what IN does not have
 */
export async function wallStartOf(
  start: TraceStart,
  option: StartTime | undefined,
  messages: Messages,
): Promise<bigint | undefined> {
  const { file, whole, part, clock } = start;
  if (option === "mtime" && file === undefined) {
    throw new Failure("--start-time mtime is for a file", "Give the time, or now.", {
      exitCode: ExitCode.Usage,
    });
  }
  const offset = BigInt(Math.round(part - whole));
  if (typeof option === "bigint") return option + offset;
  if (option === undefined && clock !== undefined) return undefined;
  if (option === undefined) {
    const guess =
      file === undefined ? "it is taken to begin now" : "it is taken to end when the file was written";
    messages.warning(
      `the trace does not say when it was taken: ${guess}`,
      "--start-time says when it began.",
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
