import { TraceError } from "../base/errors.js";

/** A trace format, named by the Go release that introduced it (the number in the header). */
export interface TraceFormat {
  /** The N of the header `go 1.N trace`. */
  readonly minor: number;
  /** 1: one stream a P, ordered as a whole. 2: one stream a thread, in generations. */
  readonly generation: 1 | 2;
  /** Go releases that write it, for people. */
  readonly writtenBy: string;
}

/** Every format that a Go release ever wrote. */
export const TRACE_FORMATS: readonly TraceFormat[] = [
  { minor: 5, generation: 1, writtenBy: "Go 1.5 and 1.6" },
  { minor: 7, generation: 1, writtenBy: "Go 1.7" },
  { minor: 8, generation: 1, writtenBy: "Go 1.8" },
  { minor: 9, generation: 1, writtenBy: "Go 1.9" },
  { minor: 10, generation: 1, writtenBy: "Go 1.10" },
  { minor: 11, generation: 1, writtenBy: "Go 1.11 to 1.18" },
  { minor: 19, generation: 1, writtenBy: "Go 1.19 and 1.20" },
  { minor: 21, generation: 1, writtenBy: "Go 1.21" },
  { minor: 22, generation: 2, writtenBy: "Go 1.22" },
  { minor: 23, generation: 2, writtenBy: "Go 1.23 and 1.24" },
  { minor: 25, generation: 2, writtenBy: "Go 1.25" },
  { minor: 26, generation: 2, writtenBy: "Go 1.26" },
];

/** The first format whose traces hold the names of functions, and not only addresses. */
const FIRST_WITH_SYMBOLS = 7;

export function hasSymbols({ minor }: TraceFormat): boolean {
  return minor >= FIRST_WITH_SYMBOLS;
}

/** Length of the header in bytes, the same for all formats. */
export const HEADER_LENGTH = 16;

/** The header's first letter: batches, where it is looked for too, begin with other bytes. */
const HEADER_START = 0x67;
const HEADER = /^go 1\.(\d{1,3}) trace\0+$/;

/** The N of the header `go 1.N trace` with which bytes begin, if they begin with one; the format need not be known. */
export function headerVersion(bytes: Uint8Array): number | undefined {
  if (bytes[0] !== HEADER_START || bytes.length < HEADER_LENGTH) return undefined;
  const match = HEADER.exec(String.fromCharCode(...bytes.subarray(0, HEADER_LENGTH)));
  return match === null ? undefined : Number(match[1]);
}

/**
 * The format that a header names.
 * @param header the first 16 bytes of the input, or all of it if it is shorter
 * @throws TraceError `not-a-trace`, or `unsupported-version` if it is one of an unknown version
 */
export function parseHeader(header: Uint8Array): TraceFormat {
  const minor = headerVersion(header);
  if (minor === undefined) throw new TraceError("not-a-trace", "not a Go execution trace", { offset: 0 });
  const format = TRACE_FORMATS.find((known) => known.minor === minor);
  if (format === undefined) {
    throw new TraceError("unsupported-version", `trace format go 1.${minor} is not known`, { offset: 0 });
  }
  return format;
}
