import { GREATEST_ID } from "../../base/ids.js";
import { ByteCursor, MalformedBytes } from "../../bytes/byte-cursor.js";
import {
  COUNT_SHIFT,
  CPU_SAMPLE,
  type EventForms,
  FREQUENCY,
  LONG_FORM,
  STACK,
  STRING,
  TIMER_GOROUTINE,
  TYPE_MASK,
  USER_LOG,
} from "./event-forms.js";

/** The most arguments that an event has. */
const MAX_ARGS = 4;
/** None of an event's arguments has all bits set for "none". */
const NO_IDS = 0;

/** Reads the timed events of a segment of a P's stream one by one, over everything else that stands between. */
export class EventReader {
  /** The event at hand. */
  type = 0;
  /** In ticks. */
  time = Number.NaN;
  /** Its place in the global order, in formats before 1.7. */
  sequence = Number.NaN;
  readonly args = new Float64Array(MAX_ARGS);
  /** Where the text of a log stands in the bytes, and its length. */
  textStart = 0;
  textLength = 0;
  /** Position of its first byte. */
  start = 0;

  /** The segment, from behind the event at hand. */
  readonly data = new ByteCursor(new Uint8Array(0), 0, 0);

  readonly #forms: EventForms;

  constructor(forms: EventForms) {
    this.#forms = forms;
  }

  get bytes(): Uint8Array {
    return this.data.bytes;
  }

  /** An id among the event's arguments that is too large to be one; undefined if there is none. */
  get excessiveId(): number | undefined {
    const ids = this.#forms.ids[this.type] as number;
    for (let i = 0; ids >> i > 0; i++)
      if ((ids >> i) & 1 && (this.args[i] as number) > GREATEST_ID) return this.args[i];
    return undefined;
  }

  /** Position behind the event at hand. */
  get position(): number {
    return this.data.position;
  }

  get remaining(): number {
    return this.data.remaining;
  }

  /** Makes it read another segment, which goes on with times and sequence numbers unless they are set. */
  reset(bytes: Uint8Array, start: number, end: number): void {
    this.data.reset(bytes, start, end);
  }

  /**
   * Goes to the next event of the segment. False if there is none.
   * @throws MalformedBytes if the bytes are not those of whole events
   */
  next(): boolean {
    const cursor = this.data;
    const { bytes, end } = cursor;
    while (cursor.position < end) {
      this.start = cursor.position;
      const byte = bytes[cursor.position++] as number;
      const type = byte & TYPE_MASK;
      const count = this.#forms.args[type] as number;
      if (count < 0) {
        this.#pass(type, byte >> COUNT_SHIFT);
        continue;
      }
      this.type = type;
      if (byte >> COUNT_SHIFT === LONG_FORM) cursor.uvarint();
      if (this.#forms.hasSequence) this.sequence += this.#signed();
      this.time += this.#signed();
      cursor.uvarints(this.args, count, NO_IDS);
      if (type === USER_LOG) this.#text();
      return true;
    }
    return false;
  }

  /** A difference of 64 bits. It is negative where clocks of processors differ. */
  #signed(): number {
    const cursor = this.data;
    const value = cursor.uvarint();
    return cursor.high < 0x80000000 ? value : (cursor.high - 2 ** 32) * 2 ** 32 + cursor.low;
  }

  #text(): void {
    this.textLength = this.data.uvarint();
    this.textStart = this.data.skip(this.textLength);
  }

  /** Passes over what is no event of the stream. */
  #pass(type: number, bits: number): void {
    const cursor = this.data;
    if (type === STRING) {
      cursor.uvarint();
      cursor.skip(cursor.uvarint());
      return;
    }
    if (type !== STACK && type !== FREQUENCY && type !== TIMER_GOROUTINE && type !== CPU_SAMPLE)
      throw new MalformedBytes(`unknown event type ${type}`);
    if (bits === LONG_FORM) cursor.skip(cursor.uvarint());
    else for (let left = this.#forms.shortCount(bits); left > 0; left--) cursor.uvarint();
  }
}
