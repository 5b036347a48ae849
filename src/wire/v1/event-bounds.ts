import { MalformedBytes } from "../../bytes/byte-cursor.js";
import {
  COUNT_SHIFT,
  type EventForms,
  LONG_FORM,
  STACK,
  STRING,
  TYPE_MASK,
  USER_LOG,
} from "./event-forms.js";
import { LIMITS } from "./spec.js";

/** Means that the bytes end before the event does. */
export const INCOMPLETE = -1;
/** Bit of a varint byte: another byte follows. */
const MORE = 0x80;
/** The most bytes of a varint. The last one has a single bit of the value. */
const MAX_VARINT = 10;

/** Finds where events end. Checks that each has its expected arguments. */
export class EventBounds {
  readonly #forms: EventForms;
  /** The value of the last varint that held a length. */
  #length = 0;

  constructor(forms: EventForms) {
    this.#forms = forms;
  }

  /**
   * The position after the event that begins at a position, or {@link INCOMPLETE}.
   * @param end end of the available bytes
   * @throws MalformedBytes
   */
  endOf(bytes: Uint8Array, start: number, end: number): number {
    const byte = bytes[start] as number;
    const type = byte & TYPE_MASK;
    const count = this.#forms.varints[type] as number;
    if (count < 0) throw new MalformedBytes(`unknown event type ${type}`);
    if (type === STRING) return this.#textEnd(bytes, varintEnd(bytes, start + 1, end), end);
    const bits = byte >> COUNT_SHIFT;
    const close =
      bits === LONG_FORM
        ? this.#longEnd(bytes, start + 1, end, type, count)
        : this.#shortEnd(bytes, start + 1, end, type, count, this.#forms.shortCount(bits));
    return type === USER_LOG ? this.#textEnd(bytes, close, end) : close;
  }

  #shortEnd(
    bytes: Uint8Array,
    start: number,
    end: number,
    type: number,
    count: number,
    found: number,
  ): number {
    if (found !== count && type !== STACK) throw wrongCount(found, count);
    let position = start;
    for (let left = found; left > 0; left--) {
      // Most varints have one or two bytes.
      if (position + 1 < end && (bytes[position] as number) < MORE) position++;
      else if (position + 2 < end && (bytes[position + 1] as number) < MORE) position += 2;
      else {
        position = varintEnd(bytes, position, end);
        if (position === INCOMPLETE) return INCOMPLETE;
      }
    }
    return position;
  }

  /** The end of an event whose arguments follow their length. */
  #longEnd(bytes: Uint8Array, start: number, end: number, type: number, count: number): number {
    let position = this.#lengthEnd(bytes, start, end, LIMITS.event, "arguments");
    if (position === INCOMPLETE || this.#length > end - position) return INCOMPLETE;
    const close = position + this.#length;
    let found = 0;
    while (position < close) {
      position = varintEnd(bytes, position, close);
      if (position === INCOMPLETE) throw new MalformedBytes("the last argument ends after the event");
      found++;
    }
    if (found !== count && type !== STACK) throw wrongCount(found, count);
    return close;
  }

  /** The end of a text that follows its length. @param start may be {@link INCOMPLETE} */
  #textEnd(bytes: Uint8Array, start: number, end: number): number {
    if (start === INCOMPLETE) return INCOMPLETE;
    const position = this.#lengthEnd(bytes, start, end, LIMITS.string, "a string");
    return position === INCOMPLETE || this.#length > end - position ? INCOMPLETE : position + this.#length;
  }

  /** Reads a length. Returns the position after it. */
  #lengthEnd(bytes: Uint8Array, start: number, end: number, limit: number, what: string): number {
    const close = varintEnd(bytes, start, end);
    if (close === INCOMPLETE) return INCOMPLETE;
    let length = 0;
    for (let position = close - 1; position >= start; position--)
      length = length * 128 + ((bytes[position] as number) & 0x7f);
    if (length > limit)
      throw new MalformedBytes(`${what} of ${length} bytes; the most there can be is ${limit}`);
    this.#length = length;
    return close;
  }
}

function varintEnd(bytes: Uint8Array, start: number, end: number): number {
  if (start === INCOMPLETE) return INCOMPLETE;
  let position = start;
  while (position < end && (bytes[position] as number) >= MORE) {
    position++;
    if (position - start >= MAX_VARINT) throw new MalformedBytes("varint longer than 64 bits");
  }
  if (position >= end) return INCOMPLETE;
  if (position - start === MAX_VARINT - 1 && (bytes[position] as number) > 1)
    throw new MalformedBytes("varint longer than 64 bits");
  return position + 1;
}

function wrongCount(found: number, count: number): MalformedBytes {
  return new MalformedBytes(`${found} arguments, where there should be ${count}`);
}
