import { type Command, InvalidArgumentError, Option } from "commander";
import { usageFailure } from "../process/failure.js";
import { STDIO } from "../process/stdio.js";
import { parseSize, parseTime } from "./values.js";

/** The options for more than one output file. */
export interface SplitOptions {
  /** Bytes per part. */
  readonly splitSize?: number;
  /** Nanoseconds per part. */
  readonly splitTime?: number;
  readonly split?: "auto";
}

/** Adds the options to a command. @param auto whether its parts may be for a browser */
export function addSplitOptions(command: Command, { auto } = { auto: true }): void {
  command
    .addOption(
      new Option(
        "--split-size <SIZE>",
        "write parts OUT.001, OUT.002 and so on of at most this size before compression, such as 100MB or 64MiB",
      ).argParser(parsePartSize),
    )
    .addOption(
      new Option(
        "--split-time <D>",
        "write parts that are cut at every multiple of this duration since the start, such as 1s",
      ).argParser(parseStep),
    );
  if (!auto) return;
  command.addOption(
    new Option(
      "--split <how>",
      "auto: write parts that a browser can open, by events, goroutines and size of JSON",
    ).choices(["auto"]),
  );
}

/** Whether the output is written in parts. */
export function isSplit({ split, splitSize, splitTime }: SplitOptions): boolean {
  return split !== undefined || splitSize !== undefined || splitTime !== undefined;
}

/** Rejects an output that is not a file. @throws Failure */
export function refuseSplitStream(out: string): void {
  if (out !== STDIO && !out.startsWith("/dev/")) return;
  const message = `cannot split to ${out === STDIO ? "standard output" : out}`;
  throw usageFailure(message, "Name a file with -o OUT: the parts are numbered OUT.001 and so on.");
}

/** A part has a fixed size besides its events, which must stay a small share. */
const LEAST = 100_000;

function parsePartSize(text: string): number {
  const size = parseSize(text);
  if (size < LEAST) throw new InvalidArgumentError("The smallest size of a part is 100kB.");
  return size;
}

function parseStep(text: string): number {
  const step = parseTime(text);
  if (step === 0) throw new InvalidArgumentError("A part must be longer than zero.");
  return step;
}
