import { type Command, InvalidArgumentError, Option } from "commander";
import { ExitCode } from "../process/exit-codes.js";
import { Failure } from "../process/failure.js";
import { STDIO } from "../process/stdio.js";
import { once } from "./selection.js";
import { parseTime } from "./values.js";

/** The options that ask for more than one file. */
export interface SplitOptions {
  /** Bytes of a part. */
  readonly splitSize?: number;
  /** Nanoseconds of a part. */
  readonly splitTime?: number;
  readonly split?: "auto";
}

/** Adds them to a command. */
export function addSplitOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--split-size <SIZE>",
        "parts OUT.001, OUT.002 and so on, each of at most that size before it is zipped, such as 100MB or 64MiB",
      ).argParser(once(parseSize)),
    )
    .addOption(
      new Option(
        "--split-time <D>",
        "likewise, cut at every multiple of a duration since the start, such as 1s",
      ).argParser(once(parseStep)),
    )
    .addOption(
      new Option(
        "--split <how>",
        "likewise; auto: each part is as much as a browser opens, by events, goroutines and, of JSON, size",
      ).choices(["auto"]),
    );
}

/** Whether the output is to be in parts. */
export function isSplit({ split, splitSize, splitTime }: SplitOptions): boolean {
  return split !== undefined || splitSize !== undefined || splitTime !== undefined;
}

/** Refuses parts where they have no place. @throws Failure */
export function refuseSplitStream(out: string): void {
  if (out !== STDIO && !out.startsWith("/dev/")) return;
  const message = `parts are files, and ${out === STDIO ? "standard output" : out} is none`;
  throw new Failure(message, "Name a file with -o OUT: the parts are numbered OUT.001 and so on.", {
    exitCode: ExitCode.Usage,
  });
}

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};
/** What every part needs besides events must be little of it. */
const LEAST = 100_000;

/** A number of bytes. @throws InvalidArgumentError */
function parseSize(text: string): number {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?) ?([a-z]*)$/i.exec(text) ?? [];
  const factor = Object.hasOwn(UNITS, unit.toLowerCase()) ? UNITS[unit.toLowerCase()] : undefined;
  if (number === "" || factor === undefined)
    throw new InvalidArgumentError(
      "Sizes are numbers with units, such as 100MB, 64MiB or 1.5GB; without one, of bytes.",
    );
  const size = Math.floor(Number(number) * factor);
  if (size < LEAST || !Number.isSafeInteger(size))
    throw new InvalidArgumentError("A part is of 100kB at least.");
  return size;
}

function parseStep(text: string): number {
  const step = parseTime(text);
  if (step === 0) throw new InvalidArgumentError("A part cannot take no time.");
  return step;
}
