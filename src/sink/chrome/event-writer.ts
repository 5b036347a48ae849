import { putDecimal, putMicroseconds } from "../../bytes/decimal.js";
import { EncodedText } from "../../bytes/encoded-text.js";
import { ByteWriter } from "../../bytes/writer.js";
import { SliceName } from "../slice-names.js";

const encoder = new TextEncoder();
/** Bytes that a character of a text takes at most. */
const MOST_BYTES = 3;

/** Room for the numbers and short keys that follow a text. */
const ROOM = 256;
const CLOSING_BRACE = 125;

/** Phases of events with a name, a category and a time. */
export type Phase = "X" | "I" | "s" | "f" | "b" | "e";

/** More fields of each phase. */
const EXTRA: Readonly<Record<Phase, string>> = {
  X: "",
  I: ',"s":"t"',
  s: "",
  f: ',"bp":"e"',
  b: "",
  e: "",
};

const NAME = new EncodedText(',\n{"name":');
const DURATION = new EncodedText(',"dur":');
const ID = new EncodedText(',"id":');
const LOCAL_ID = new EncodedText(',"id2":{"local":"');
const LOCAL_ID_END = new EncodedText('"}');
const FIRST_ARGUMENT = new EncodedText(',"args":{');
const NEXT_ARGUMENT = new EncodedText(",");
const STACK = new EncodedText(',"sf":');
const END_STACK = new EncodedText(',"esf":');
const STACK_ARGUMENT = argument(SliceName.Stack);
const END_STACK_ARGUMENT = argument(SliceName.EndStack);
const PROCESS = new EncodedText(',"pid":');
const THREAD = new EncodedText(',"tid":');

/** A text in quotes, as JSON has it. */
export function quoted(text: string): EncodedText {
  return new EncodedText(JSON.stringify(text));
}

/** The key of an argument, for {@link EventWriter.argument}. */
export function argument(name: string): EncodedText {
  return new EncodedText(`${JSON.stringify(name)}:`);
}

/** The beginning of an event, up to its time. */
export function head(name: string, category: string, phase: Phase): EncodedText {
  return new EncodedText(`,\n{"name":${JSON.stringify(name)}${tailOf(category, phase)}`);
}

/** The same, without the name. */
export function headTail(category: string, phase: Phase): EncodedText {
  return new EncodedText(tailOf(category, phase));
}

function tailOf(category: string, phase: Phase): string {
  return `,"cat":"${category}","ph":"${phase}"${EXTRA[phase]},"ts":`;
}

/** The place of an event: its `pid` and `tid`. */
export function place(pid: number, tid: number): EncodedText {
  return new EncodedText(`,"pid":${pid},"tid":${tid}`);
}

/**
 * Writes events of the trace-event format. Call {@link begin}, then the methods for its fields in the order
 * below, then {@link end}. Texts are encoded in advance.
 */
export class EventWriter {
  readonly out = new ByteWriter();
  /** Where a part begins in the whole trace, whose times it keeps, in nanoseconds. */
  origin = 0;
  /** Number of slices left out as too short. */
  omitted = 0;
  /** Shortest slice to write, in nanoseconds. Writers of slices ask {@link isShort}. */
  readonly least: number;
  /** Gives the text of a stack; undefined where stacks are references. */
  readonly #stackText: ((stack: number) => EncodedText) | undefined;
  #start = 0;
  #hasArguments = false;

  constructor(least: number, stackText?: (stack: number) => EncodedText) {
    this.least = least;
    this.#stackText = stackText;
  }

  /** Whether to leave a slice out; counts those. */
  isShort(duration: number): boolean {
    if (duration >= this.least) return false;
    this.omitted++;
    return true;
  }

  begin(text: EncodedText): void {
    this.#start = this.out.length;
    this.put(text);
  }

  /** Begins an event with a rare name. @param tail what follows the name, up to the time */
  beginText(name: string, tail: EncodedText): void {
    this.begin(NAME);
    this.text(JSON.stringify(name));
    this.put(tail);
  }

  /** Puts a rare text. */
  text(text: string): void {
    const { out } = this;
    out.reserve(text.length * MOST_BYTES + ROOM);
    out.length += encoder.encodeInto(text, out.buffer.subarray(out.length)).written;
  }

  /** Puts a text as it is. */
  put(text: EncodedText): void {
    const { out } = this;
    out.reserve(text.length + ROOM);
    out.length = text.put(out.data, out.length);
  }

  /** Puts a whole number that is not negative. */
  number(value: number): void {
    const { out } = this;
    out.reserve(ROOM);
    out.length = putDecimal(out.buffer, out.length, value);
  }

  /** Puts a time, in nanoseconds since the start of the part. */
  time(nanoseconds: number): void {
    this.#microseconds(nanoseconds + this.origin);
  }

  duration(nanoseconds: number): void {
    this.put(DURATION);
    this.#microseconds(nanoseconds);
  }

  /** Puts the id of an arrow. */
  id(id: number): void {
    this.put(ID);
    this.number(id);
  }

  /** Puts the id of an async slice, local to its process. Viewers would show a global one outside of it. */
  localId(id: number): void {
    this.put(LOCAL_ID);
    this.number(id);
    this.put(LOCAL_ID_END);
  }

  /** @param stack number of a stack; 0 is none */
  stack(stack: number): void {
    if (stack !== 0) this.#stack(stack, STACK, STACK_ARGUMENT);
  }

  endStack(stack: number): void {
    if (stack !== 0) this.#stack(stack, END_STACK, END_STACK_ARGUMENT);
  }

  /** The key of an argument; its value must follow. */
  argument(key: EncodedText): void {
    this.put(this.#hasArguments ? NEXT_ARGUMENT : FIRST_ARGUMENT);
    this.#hasArguments = true;
    this.put(key);
  }

  /** Ends the event, on a row. */
  end(row: EncodedText): void {
    this.#closeArguments();
    this.put(row);
    this.#close();
  }

  /** Ends the event, on a row given by numbers. */
  endAt(pid: number, tid: number): void {
    this.#closeArguments();
    this.put(PROCESS);
    this.number(pid);
    this.put(THREAD);
    this.number(tid);
    this.#close();
  }

  /** Takes back the event, until its row is known; then {@link resume} finishes it. */
  takeBack(): Uint8Array {
    this.#closeArguments();
    const { out } = this;
    const event = out.buffer.slice(this.#start, out.length);
    out.length = this.#start;
    return event;
  }

  /** Writes an event that was taken back, on its row. */
  resume(event: Uint8Array, pid: number, tid: number): void {
    this.out.bytes(event);
    this.endAt(pid, tid);
  }

  #microseconds(nanoseconds: number): void {
    const { out } = this;
    out.reserve(ROOM);
    out.length = putMicroseconds(out.buffer, out.length, nanoseconds);
  }

  #stack(stack: number, reference: EncodedText, key: EncodedText): void {
    if (this.#stackText === undefined) {
      this.put(reference);
      this.number(stack);
    } else {
      this.argument(key);
      this.put(this.#stackText(stack));
    }
  }

  #closeArguments(): void {
    if (this.#hasArguments) this.out.byte(CLOSING_BRACE);
    this.#hasArguments = false;
  }

  #close(): void {
    this.out.byte(CLOSING_BRACE);
  }
}

/** The argument of slices that the beginning or end of the trace cuts, and its values. */
export const CUT = argument(SliceName.Cut);
export const NO_BEGINNING = quoted(SliceName.NoBeginning);
export const NO_END = quoted(SliceName.NoEnd);
