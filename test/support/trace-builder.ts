import { ByteWriter } from "../../src/bytes/writer.js";
import { wireType } from "../../src/wire/v2/spec.js";
import { concat } from "./proto-fields.js";

/** An argument of a made-up event; bigints where a number would not be exact. */
export type Arg = number | bigint;

/** "No thread" on the wire. */
export const NO_THREAD = 2n ** 64n - 1n;

const scratch = new ByteWriter();

/** The bytes of an event: its type and its arguments, of which a timed event's first is the time delta. */
export function wireBytes(name: string, ...args: readonly Arg[]): Uint8Array {
  scratch.clear();
  scratch.byte(wireType(name));
  for (const arg of args) scratch.bigUvarint(BigInt(arg));
  return scratch.view().slice();
}

/** A string as it stands in a table. */
export function wireString(id: Arg, text: string | Uint8Array): Uint8Array {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  return concat([wireBytes("String", id, bytes.length), bytes]);
}

/** A frame of a stack: PC, ids of function and file, line. */
export type Frame = readonly [pc: Arg, func: Arg, file: Arg, line: Arg];

/** A stack as it stands in a table. */
export function wireStack(id: Arg, frames: readonly Frame[]): Uint8Array {
  const writer = new ByteWriter(64);
  for (const arg of frames.flat()) writer.bigUvarint(BigInt(arg));
  return concat([wireBytes("Stack", id, frames.length), writer.view()]);
}

/** Builds a made-up trace. */
export class TraceBuilder {
  readonly #parts: Uint8Array[];
  #generation = 1;

  /** @param minor the format, by the N of its header `go 1.N trace` */
  constructor(minor = 22) {
    this.#parts = [new TextEncoder().encode(`go 1.${minor} trace\0\0\0`)];
  }

  /** What follows is of the next generation. */
  nextGeneration(): this {
    this.#generation++;
    return this;
  }

  /** A batch with the given data. */
  batch(thread: Arg, time: Arg, ...data: readonly Uint8Array[]): this {
    const bytes = concat(data);
    this.#parts.push(wireBytes("EventBatch", this.#generation, thread, time, bytes.length), bytes);
    return this;
  }

  /** The mark that ends a generation from Go 1.26 on. */
  endOfGeneration(): this {
    this.#parts.push(wireBytes("EndOfGeneration"));
    return this;
  }

  /** The batch that a generation must have (before Go 1.25): one timestamp is one nanosecond. */
  frequency(): this {
    return this.batch(NO_THREAD, 1, wireBytes("Frequency", 1e9));
  }

  /** The same from Go 1.25 on. @param wall seconds since 1970 at the start of the trace */
  sync(wall: number): this {
    const clocks = wireBytes("ClockSnapshot", 0, 1, wall, 0);
    return this.batch(NO_THREAD, 1, wireBytes("Sync"), wireBytes("Frequency", 1e9), clocks);
  }

  strings(...strings: readonly Uint8Array[]): this {
    return this.batch(NO_THREAD, 1, wireBytes("Strings"), ...strings);
  }

  stacks(...stacks: readonly Uint8Array[]): this {
    return this.batch(NO_THREAD, 1, wireBytes("Stacks"), ...stacks);
  }

  bytes(): Uint8Array {
    return concat(this.#parts);
  }
}
