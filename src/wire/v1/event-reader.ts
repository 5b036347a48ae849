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

/** The most arguments of an event. */
const MAX_ARGS = 4;
/** In these formats no argument uses "all bits set" for "none". */
const NO_IDS = 0;

/** Reads the timed events of a segment of a P's stream one at a time. Skips everything else between them. */
export class EventReader {
  /** The current event. */
  type = 0;
  /** In ticks. */
  time = Number.NaN;
  /** The event's place in the global order, in formats before 1.7. */
  sequence = Number.NaN;
  readonly args = new Float64Array(MAX_ARGS);
  /** Position of a log's text in the bytes, and its length. */
  textStart = 0;
  textLength = 0;
  /** Position of the event's first byte. */
  start = 0;

  /** The segment, from the end of the current event. */
  readonly data = new ByteCursor(new Uint8Array(0), 0, 0);

  readonly #forms: EventForms;

  constructor(forms: EventForms) {
    this.#forms = forms;
  }

  get bytes(): Uint8Array {
    return this.data.bytes;
  }

  /** An event argument that is too large to be an id; undefined if there is none. */
  get excessiveId(): number | undefined {
    const ids = this.#forms.ids[this.type] as number;
    for (let i = 0; ids >> i > 0; i++)
      if ((ids >> i) & 1 && (this.args[i] as number) > GREATEST_ID) return this.args[i];
    return undefined;
  }

  /** Position after the current event. */
  get position(): number {
    return this.data.position;
  }

  get remaining(): number {
    return this.data.remaining;
  }

  /**
   * Switches to another segment. It continues with the current time and sequence number unless the caller
   * sets them.
   */
  reset(bytes: Uint8Array, start: number, end: number): void {
    this.data.reset(bytes, start, end);
  }

  /**
   * Moves to the next event of the segment. Returns false if there is none.
   * @throws MalformedBytes if the bytes are not whole events
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

  /** A signed difference of 64 bits. It is negative if the clocks of processors differ. */
  #signed(): number {
    const cursor = this.data;
    const value = cursor.uvarint();
    return cursor.high < 0x80000000 ? value : (cursor.high - 2 ** 32) * 2 ** 32 + cursor.low;
  }

  #text(): void {
    this.textLength = this.data.uvarint();
    this.textStart = this.data.skip(this.textLength);
  }

  /** Skips something that is not an event of the stream. */
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
