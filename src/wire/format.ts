import { TraceError } from "../base/errors.js";

/** A trace format, named by the Go release that introduced it (the number in the header). */
export interface TraceFormat {
  /** The N of the header `go 1.N trace`. */
  readonly minor: number;
  /** 1: one stream per P, ordered as a whole. 2: one stream per thread, in generations. */
  readonly generation: 1 | 2;
  /** Go releases that write it, for display. */
  readonly writtenBy: string;
}

/** Every format that a Go release has written. */
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
  { minor: 26, generation: 2, writtenBy: "Go 1.26 and 1.27" },
];

/** The first format whose traces hold function names as well as addresses. */
const FIRST_WITH_SYMBOLS = 7;

export function hasSymbols({ minor }: TraceFormat): boolean {
  return minor >= FIRST_WITH_SYMBOLS;
}

/** Length of the header in bytes, the same for all formats. */
export const HEADER_LENGTH = 16;

/** The header's first letter. Batches begin with other bytes, so a header among them is recognizable. */
const HEADER_START = 0x67;
const HEADER = /^go 1\.(\d{1,3}) trace\0+$/;

/**
 * The N of the header `go 1.N trace` at the start of the bytes, if there is one. The format may be unknown.
 */
export function headerVersion(bytes: Uint8Array): number | undefined {
  if (bytes[0] !== HEADER_START || bytes.length < HEADER_LENGTH) return undefined;
  const match = HEADER.exec(String.fromCharCode(...bytes.subarray(0, HEADER_LENGTH)));
  return match === null ? undefined : Number(match[1]);
}

/**
 * The format that a header names.
 * @param header the first 16 bytes of the input, or all of a shorter one
 * @throws TraceError `not-a-trace`; `unsupported-version` for an unknown version
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
