import { GREATEST_ID, GREATEST_PROC } from "../../base/ids.js";
import { ByteCursor, MalformedBytes } from "../../bytes/byte-cursor.js";
import { type ArgType, WIRE_EVENTS, type WireEvent, wireEvent } from "./spec.js";

/** The most arguments of a timed event, without its time delta. */
const MAX_ARGS = 5;

/** Arguments that are ids and use "all bits set" for "none". */
const NONE_ARGS = argsOf("m", "task");
/** Arguments that are ids which readers of the trace see. */
const ID_ARGS = argsOf("g", "m", "task");
const PROC_ARGS = argsOf("p");

/** By type byte: bit `i` is set if argument `i` has one of the types. */
function argsOf(...types: readonly ArgType[]): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, type) =>
    (wireEvent(type)?.args ?? []).reduce(
      (bits, arg, i) => (types.includes(arg.type) ? bits | (1 << i) : bits),
      0,
    ),
  );
}

/**
 * Number of arguments after the time delta by type byte, −1 for types that cannot be in a thread's stream.
 */
export const TIMED_ARGS = new Int8Array(256).fill(-1);
for (const event of WIRE_EVENTS) if (event.timed) TIMED_ARGS[event.type] = event.args.length;

/** One decoded event; reused for many. */
export class RawEvent {
  type = 0;
  /** Ticks since the previous event of the stream. */
  delta = 0;
  readonly args = new Float64Array(MAX_ARGS);
  /** Whether an argument may be large. */
  isLarge = false;
  /** The last argument minus its rounded number in {@link args}: 0 below 2^53. */
  beyond = 0;
  /** Position after the event. */
  end = 0;

  /** An argument that is too large to be an id; undefined if there is none. */
  get excessiveId(): number | undefined {
    const { type } = this;
    return (
      this.#above(GREATEST_ID, ID_ARGS[type] as number) ??
      this.#above(GREATEST_PROC, PROC_ARGS[type] as number)
    );
  }

  #above(greatest: number, args: number): number | undefined {
    for (let i = 0; args >> i > 0; i++)
      if ((args >> i) & 1 && (this.args[i] as number) > greatest) return this.args[i];
    return undefined;
  }

  get spec(): WireEvent {
    return wireEvent(this.type) as WireEvent;
  }
}

/**
 * Decodes the timed event at a position of a batch's data.
 * @throws MalformedBytes
 */
export function decodeEvent(bytes: Uint8Array, position: number, end: number, event: RawEvent): void {
  const cursor = new ByteCursor(bytes, position, end);
  const type = cursor.byte();
  const count = TIMED_ARGS[type] as number;
  if (count < 0) throw new MalformedBytes(describeUntimed(type));
  event.type = type;
  event.delta = cursor.uvarint();
  decodeArgs(cursor, event);
}

/** Decodes the arguments of an event whose type byte and time delta have been read. */
export function decodeArgs(cursor: ByteCursor, event: RawEvent): void {
  const { type, args } = event;
  const count = TIMED_ARGS[type] as number;
  event.isLarge = cursor.uvarints(args, count, NONE_ARGS[type] as number);
  event.beyond = event.isLarge ? cursor.beyond(args[count - 1] as number) : 0;
  event.end = cursor.position;
}

/** Length of the whole events in a batch's data that the end of the input cuts. */
export function wholeEvents(data: Uint8Array): number {
  const event = new RawEvent();
  let whole = 0;
  try {
    while (whole < data.length) {
      decodeEvent(data, whole, data.length, event);
      whole = event.end;
    }
  } catch (error) {
    if (!(error instanceof MalformedBytes)) throw error;
  }
  return whole;
}

/** Why a type byte cannot start an event of a thread's stream. */
export function describeUntimed(type: number): string {
  const spec = wireEvent(type);
  return spec === undefined
    ? `unknown event type ${type}`
    : `${spec.name} stands in a thread's stream of events`;
}
