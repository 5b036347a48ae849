import { grown } from "../../base/columns.js";
import { EncodedText } from "../../bytes/encoded-text.js";
import type { StackFrame } from "../../event/tables.js";
import { stackText } from "../slice-names.js";
import { StackNumbers } from "../stack-numbers.js";
import type { Steps } from "../trace-sink.js";
import { type EventWriter, quoted } from "./event-writer.js";

/** More frames than a trace can have distinct ones. */
const FRAMES = 2 ** 24;
/** Bytes of a frame besides its name: two numbers, braces and keys. */
const FRAME_BYTES = 42;

const OPENING = new EncodedText("{");
const FIRST = new EncodedText('\n"');
const NEXT = new EncodedText(',\n"');
const NAME = new EncodedText('":{"name":');
const PARENT = new EncodedText(',"parent":');
const CLOSING = new EncodedText("}");

/**
 * The stacks as the format's tree of frames. Each frame has its caller as parent, and a stack is its innermost frame.
 * The table is written at the end of the file; memory grows with the distinct stacks.
 */
export class StackFrames extends StackNumbers {
  readonly #texts = new Map<string, number>();
  readonly #encoded: EncodedText[] = [];
  /** By its parent and its text. */
  readonly #inner = new Map<number, number>();
  /** By number: the parent frame (0: none) and the text. */
  #parents = new Int32Array(256);
  #names = new Int32Array(256);
  #length = 1;
  /** An upper estimate of the bytes that {@link write} writes. */
  size = 0;

  protected override define(frames: readonly StackFrame[]): number {
    return frames.reduceRight((parent, frame) => this.#within(parent, this.#name(frame)), 0);
  }

  /** Writes the table. */
  *write(events: EventWriter): Steps {
    events.put(OPENING);
    for (let number = 1; number < this.#length; number++) {
      events.put(number === 1 ? FIRST : NEXT);
      events.number(number);
      events.put(NAME);
      events.put(this.#encoded[this.#names[number] as number] as EncodedText);
      const parent = this.#parents[number] as number;
      if (parent !== 0) {
        events.put(PARENT);
        events.number(parent);
      }
      events.put(CLOSING);
      yield;
    }
    events.put(CLOSING);
  }

  #within(parent: number, name: number): number {
    const key = parent * FRAMES + name;
    const known = this.#inner.get(key);
    if (known !== undefined) return known;
    const number = this.#length++;
    if (number >= this.#parents.length) {
      this.#parents = grown(this.#parents, number + 1);
      this.#names = grown(this.#names, number + 1);
    }
    this.#parents[number] = parent;
    this.#names[number] = name;
    this.size += FRAME_BYTES + (this.#encoded[name] as EncodedText).length;
    this.#inner.set(key, number);
    return number;
  }

  #name({ func, line }: StackFrame): number {
    const text = `${func}:${line}`;
    let name = this.#texts.get(text);
    if (name === undefined) {
      name = this.#encoded.length;
      this.#encoded.push(quoted(text));
      this.#texts.set(text, name);
    }
    return name;
  }
}

/** Stacks as texts, a line for each frame, the innermost first: for arguments of events. */
export class StackTexts extends StackNumbers {
  readonly #numbers = new Map<string, number>();
  readonly #texts: EncodedText[] = [];

  /** The text of a number, in quotes. */
  readonly text = (stack: number): EncodedText => this.#texts[stack - 1] as EncodedText;

  protected override define(frames: readonly StackFrame[]): number {
    const text = stackText(frames);
    if (text === "") return 0;
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#texts.push(quoted(text));
      this.#numbers.set(text, number);
    }
    return number;
  }
}
