import { ByteWriter } from "../../bytes/writer.js";
import type { StackFrame } from "../../event/tables.js";
import { stackText } from "../slice-names.js";
import { StackNumbers } from "../stack-numbers.js";
import type { Interning } from "./interning.js";
import { lengthTag, varintTag } from "./schema.js";

const TAG = {
  frames: lengthTag("InternedData", "frames"),
  frame: varintTag("Frame", "iid"),
  func: varintTag("Frame", "function_name_id"),
  mapping: varintTag("Frame", "mapping_id"),
  pc: varintTag("Frame", "rel_pc"),
  source: varintTag("Frame", "source_path_iid"),
  line: varintTag("Frame", "line_number"),
  stacks: lengthTag("InternedData", "callstacks"),
  stack: varintTag("Callstack", "iid"),
  frameId: varintTag("Callstack", "frame_ids"),
  mappings: lengthTag("InternedData", "mappings"),
  mappingId: varintTag("Mapping", "iid"),
  buildId: varintTag("Mapping", "build_id"),
  start: varintTag("Mapping", "start"),
  end: varintTag("Mapping", "end"),
  path: varintTag("Mapping", "path_string_ids"),
} as const;

/** Distance of frames in the invented address space of the mapping. */
const PC_STEP = 16;
const MAPPING_END = 2 ** 40;

/**
 * The stacks of the trace as Perfetto's interned callstacks. Stacks with the same functions, files and lines are one;
 * each is written once.
 */
export class Callstacks extends StackNumbers {
  readonly #interning: Interning;
  readonly #frames = new Map<string, number>();
  readonly #stacks = new Map<string, number>();
  readonly #entry = new ByteWriter(256);
  readonly #mapping: number;

  /**
   * @param program name of the trace: name of the mapping that all frames are in. Without a mapping, older viewers drop
   *   the samples.
   */
  constructor(interning: Interning, program: string) {
    super();
    this.#interning = interning;
    this.#mapping = this.#defineMapping(program);
  }

  /** The number of a stack with one frame. */
  single(func: string): number {
    return this.#numbered([this.#frame({ pc: 0n, func, file: "", line: 0 })]);
  }

  /** The number of a stack of the generation (0: none) below an invented outermost frame. It is not cached. */
  within(outermost: string, stack: number): number {
    const outer = this.#frame({ pc: 0n, func: outermost, file: "", line: 0 });
    return this.#numbered([
      outer,
      ...this.frames(stack)
        .map((frame) => this.#frame(frame))
        .reverse(),
    ]);
  }

  protected override define(frames: readonly StackFrame[]): number {
    // Perfetto wants the outermost frame first.
    return frames.length === 0 ? 0 : this.#numbered(frames.map((frame) => this.#frame(frame)).reverse());
  }

  /** @param frames numbers of frames, the outermost first */
  #numbered(frames: readonly number[]): number {
    const key = frames.join(" ");
    let iid = this.#stacks.get(key);
    if (iid === undefined) {
      iid = this.#interning.next();
      this.#stacks.set(key, iid);
      this.#write(TAG.stacks, [TAG.stack, iid, ...frames.flatMap((frame) => [TAG.frameId, frame])]);
      this.#interning.flush();
    }
    return iid;
  }

  #frame({ func, file, line }: StackFrame): number {
    const key = `${func}\0${file}\0${line}`;
    let iid = this.#frames.get(key);
    if (iid === undefined) {
      const interning = this.#interning;
      const name = interning.text("func", func);
      const source = interning.text("source", file);
      iid = interning.next();
      this.#frames.set(key, iid);
      // Perfetto merges frames with the same address, so each frame has its own.
      const fields = [TAG.frame, iid, TAG.func, name, TAG.mapping, this.#mapping, TAG.pc, iid * PC_STEP];
      this.#write(TAG.frames, [...fields, TAG.source, source, TAG.line, line]);
    }
    return iid;
  }

  #defineMapping(program: string): number {
    const path = this.#interning.text("path", program);
    const build = this.#interning.text("buildId", "go");
    const iid = this.#interning.next();
    this.#write(TAG.mappings, [
      TAG.mappingId,
      iid,
      TAG.buildId,
      build,
      TAG.start,
      0,
      TAG.end,
      MAPPING_END,
      TAG.path,
      path,
    ]);
    return iid;
  }

  /** Defines an entry of varint fields: tags and values in turn. */
  #write(tag: number, fields: readonly number[]): void {
    const entry = this.#entry;
    entry.clear();
    for (const field of fields) entry.uvarint(field);
    this.#interning.define(tag, entry);
  }
}

/** Stacks as texts of annotations. Each is written once. */
export class StackTexts extends StackNumbers {
  readonly #interning: Interning;

  constructor(interning: Interning) {
    super();
    this.#interning = interning;
  }

  protected override define(frames: readonly StackFrame[]): number {
    return frames.length === 0 ? 0 : this.#interning.text("value", stackText(frames));
  }
}
