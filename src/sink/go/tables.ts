import { ByteWriter } from "../../bytes/writer.js";
import type { Generation } from "../../event/generation.js";
import type { StackFrame } from "../../event/tables.js";
import { LIMITS } from "../../wire/v2/spec.js";
import { type EncodedFrame, putStack, putString, TABLE_TYPES } from "../../wire/v2/table-encoder.js";

const encoder = new TextEncoder();
/** The most bytes of an entry besides a string's text: its type, id and length. */
const ENTRY = 21;
/** The most bytes of a frame: four varints. */
const FRAME = 40;

/** Receives the data of a batch of a table; valid until the callback returns. */
export type TableOutput = (data: Uint8Array) => void;

/**
 * The strings and stacks of a generation that is being written. They get ids when an event first uses them, so
 * what no event uses is left out. Strings of frames get theirs after those, since short ids make events short.
 */
export class Tables {
  /** By id − 1. */
  readonly #texts: (string | Uint8Array | undefined)[] = [];
  readonly #ids = new Map<string, number>();
  readonly #stacks: (readonly StackFrame[])[] = [];
  readonly #stackIds = new Map<readonly StackFrame[], number>();
  readonly #frames = new Map<StackFrame, StackFrame>();
  /** The frame of each PC: readers keep one for each. */
  readonly #byPc = new Map<bigint, StackFrame>();
  /** The last PC that was made up. */
  #madeUp = 0n;
  #source: Generation | undefined;
  /** Ids + 1 by index of the source's tables; 0 is "not used yet". */
  #ofString = new Int32Array(0);
  #ofStack = new Int32Array(0);

  /** Sets the generation whose indices follow. */
  enter(source: Generation): void {
    if (source === this.#source) return;
    this.#source = source;
    this.#ofString = new Int32Array(source.strings.length + 64);
    this.#ofStack = new Int32Array(source.stacks.length + 64);
  }

  /** The id of the string at an index of the source; 0 is the empty string. */
  string(index: number): number {
    const known = index < this.#ofString.length ? (this.#ofString[index] as number) : 0;
    if (known > 0) return known - 1;
    const id = this.#sourceString(index);
    if (index < this.#ofString.length) this.#ofString[index] = id + 1;
    return id;
  }

  /** The id of the stack at an index of the source; 0 is "no stack". */
  stack(index: number): number {
    const known = index < this.#ofStack.length ? (this.#ofStack[index] as number) : 0;
    if (known > 0) return known - 1;
    const id = this.#framesId(this.#source?.stacks.frames(index) ?? []);
    if (index < this.#ofStack.length) this.#ofStack[index] = id + 1;
    return id;
  }

  #sourceString(index: number): number {
    const text = this.#source?.strings.text(index) ?? "";
    // What is not UTF-8 shows as such a sequence.
    return this.#text(text, text.includes("\\x") ? this.#source?.strings.bytes?.(index) : undefined);
  }

  /** The id of a text. @param bytes the text as stored, if it may not be UTF-8 */
  #text(text: string, bytes?: Uint8Array): number {
    if (text === "") return 0;
    let id = this.#ids.get(text);
    if (id === undefined) {
      id = this.#texts.push(bytes?.slice() ?? text);
      this.#ids.set(text, id);
    }
    return id;
  }

  /**
   * Writes the tables in batches, and clears them.
   * @param lasting texts that keep their ids in the next generation
   */
  write(output: TableOutput, lasting: readonly string[]): void {
    const writer = new ByteWriter(LIMITS.batch);
    const flush = () => {
      if (writer.length > 1) output(writer.view());
      writer.clear();
    };
    writer.byte(TABLE_TYPES.stacks);
    for (const [i, frames] of this.#stacks.entries()) {
      if (writer.length + ENTRY + frames.length * FRAME > LIMITS.batch) {
        flush();
        writer.byte(TABLE_TYPES.stacks);
      }
      putStack(
        writer,
        i + 1,
        frames.map((frame) => this.#encoded(frame)),
      );
    }
    flush();
    writer.byte(TABLE_TYPES.strings);
    for (const [i, text] of this.#texts.entries()) {
      if (text === undefined) continue;
      const bytes = shortened(typeof text === "string" ? encoder.encode(text) : text);
      if (writer.length + ENTRY + bytes.length > LIMITS.batch) {
        flush();
        writer.byte(TABLE_TYPES.strings);
      }
      putString(writer, i + 1, bytes);
    }
    flush();
    this.#clear(lasting);
  }

  #clear(lasting: readonly string[]): void {
    const kept = lasting.map((text) => [text, this.#ids.get(text) ?? 0] as const).filter(([, id]) => id > 0);
    const texts = this.#texts.splice(0);
    this.#stacks.length = 0;
    for (const map of [this.#ids, this.#stackIds, this.#frames, this.#byPc]) map.clear();
    for (const [text, id] of kept) {
      this.#ids.set(text, id);
      this.#texts[id - 1] = texts[id - 1];
    }
    this.#source = undefined;
    this.#ofString = this.#ofStack = new Int32Array(0);
  }

  #framesId(frames: readonly StackFrame[]): number {
    if (frames.length === 0) return 0;
    let id = this.#stackIds.get(frames);
    if (id === undefined) {
      id = this.#stacks.push(frames.slice(0, LIMITS.frames).map((frame) => this.#frame(frame)));
      this.#stackIds.set(frames, id);
    }
    return id;
  }

  #encoded({ pc, func, file, line }: StackFrame): EncodedFrame {
    return { pc, func: this.#text(func), file: this.#text(file), line };
  }

  #frame(frame: StackFrame): StackFrame {
    let own = this.#frames.get(frame);
    if (own === undefined) {
      own = this.#withOwnPc(frame);
      this.#frames.set(frame, own);
    }
    return own;
  }

  /** A frame whose PC another frame has gets a PC that no frame has. */
  #withOwnPc(frame: StackFrame): StackFrame {
    const there = this.#byPc.get(frame.pc);
    if (there === undefined) {
      this.#byPc.set(frame.pc, frame);
      return frame;
    }
    if (there.func === frame.func && there.file === frame.file && there.line === frame.line) return there;
    do this.#madeUp++;
    while (this.#byPc.has(this.#madeUp));
    const own = { ...frame, pc: this.#madeUp };
    this.#byPc.set(own.pc, own);
    return own;
  }
}

/** The text as far as a table can hold it, without a part of a character at its end. */
function shortened(text: Uint8Array): Uint8Array {
  if (text.length <= LIMITS.string) return text;
  let end: number = LIMITS.string;
  while (end > 0 && ((text[end] as number) & 0xc0) === 0x80) end--;
  return text.subarray(0, end);
}
