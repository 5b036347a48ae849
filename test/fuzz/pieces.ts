import { HEADER_LENGTH, headerVersion } from "../../src/wire/format.js";
import type { ArgType } from "../../src/wire/v2/spec.js";
import { partsOfFormat1, partsOfFormat2 } from "./parse.js";

/** What a number in a trace is: as in the tables of events, and besides those of the frame around events. */
export type Role = ArgType | "id" | "delta" | "time" | "length" | "pc";

export interface Field {
  readonly role: Role;
  /** Absent for a length that is what it should be: it follows from what is there. */
  readonly value?: bigint;
}

/** An event, an entry of a table, the header of a batch, or bytes that are none of them. */
export interface Item {
  /** The byte that begins it, without a count of arguments; absent for mere bytes. */
  readonly type?: number;
  readonly fields: readonly Field[];
  /** Bytes behind the fields. */
  readonly text: Uint8Array;
}

/** A batch of events: in formats before Go 1.22 also the tables at the end. */
export interface Batch {
  /** Absent for what stands outside of batches. */
  readonly head?: Item;
  readonly items: readonly Item[];
}

/** A trace taken apart. Nothing in it is changed in place. */
export interface Pieces {
  /** The N of the header `go 1.N trace`. */
  readonly minor: number;
  readonly batches: readonly Batch[];
}

/** From this format on there are batches with a length, in generations. */
export const FIRST_OF_FORMAT_2 = 22;

export const NO_BYTES = new Uint8Array(0);

/** Takes a trace apart. What cannot be understood is kept as bytes, so nothing is lost. @throws Error if it has no header */
export function takeApart(bytes: Uint8Array): Pieces {
  const minor = headerVersion(bytes);
  if (minor === undefined) throw new Error("no trace");
  const body = bytes.subarray(HEADER_LENGTH);
  return { minor, batches: minor < FIRST_OF_FORMAT_2 ? partsOfFormat1(body, minor) : partsOfFormat2(body) };
}
