import { TraceError } from "../../base/errors.js";
import type { ByteCursor } from "../../bytes/byte-cursor.js";
import type { StackFrame, StackTable } from "../../event/tables.js";
import { IdMap } from "./id-map.js";
import { LIMITS, wireType } from "./spec.js";
import type { WireStrings } from "./string-table.js";

const STACK = wireType("Stack");
const NO_FRAMES: readonly StackFrame[] = [];

/** A frame as it stands in the table: its names are ids of strings that may come later. */
interface WireFrame {
  readonly pc: bigint;
  readonly func: number;
  readonly file: number;
  readonly line: number;
  resolved?: StackFrame;
}

/** The stacks of a generation. Frames are kept once a PC, as the first stack that has it gives them. */
export class WireStacks implements StackTable {
  readonly ids = new IdMap();
  readonly #strings: WireStrings;
  /** Frames by PC; PCs beyond 2^53 under their exact text. */
  readonly #framesByPc = new Map<number | string, WireFrame>();
  readonly #stacks: WireFrame[][] = [[]];
  readonly #resolved: (readonly StackFrame[] | undefined)[] = [NO_FRAMES];

  constructor(strings: WireStrings) {
    this.#strings = strings;
  }

  get length(): number {
    return this.#stacks.length;
  }

  frames(index: number): readonly StackFrame[] {
    const known = this.#resolved[index];
    if (known !== undefined) return known;
    const frames = (this.#stacks[index] ?? []).map((frame) => this.#resolve(frame));
    this.#resolved[index] = frames;
    return frames;
  }

  rootFunction(index: number): string {
    const root = this.#stacks[index]?.at(-1);
    return root === undefined ? "" : this.#text(root.func);
  }

  /**
   * Adds the stacks of a batch.
   * @param data the batch's data behind its first byte
   * @throws TraceError `malformed-table`, MalformedBytes if it ends within a stack
   */
  addBatch(data: ByteCursor): void {
    while (data.remaining > 0) {
      const type = data.byte();
      if (type !== STACK) throw new TraceError("malformed-table", `expected a stack, found event ${type}`);
      const id = data.uvarint();
      const count = data.uvarint();
      if (count > LIMITS.frames) {
        throw new TraceError(
          "malformed-table",
          `a stack of ${count} frames; the most there can be is ${LIMITS.frames}`,
        );
      }
      const frames: WireFrame[] = [];
      for (let i = 0; i < count; i++) frames.push(this.#frame(data));
      if (!this.ids.add(id, this.#stacks.length)) {
        throw new TraceError("malformed-table", `two stacks with the id ${id}`);
      }
      this.#stacks.push(frames);
    }
  }

  /** Checks that every frame's names are in the string table. @throws TraceError `malformed-table` */
  validate(): void {
    for (const frame of this.#framesByPc.values()) {
      for (const id of [frame.func, frame.file]) {
        if (this.#strings.ids.get(id) < 0) {
          throw new TraceError("malformed-table", `a stack frame names string ${id}, which is not there`);
        }
      }
    }
  }

  #frame(data: ByteCursor): WireFrame {
    const number = data.uvarint();
    const key = Number.isSafeInteger(number) ? number : String(data.exact());
    const pc = data.exact();
    const func = data.uvarint();
    const file = data.uvarint();
    const line = data.uvarint();
    let frame = this.#framesByPc.get(key);
    if (frame === undefined) {
      frame = { pc, func, file, line };
      this.#framesByPc.set(key, frame);
    }
    return frame;
  }

  #resolve(frame: WireFrame): StackFrame {
    frame.resolved ??= {
      pc: frame.pc,
      func: this.#text(frame.func),
      file: this.#text(frame.file),
      line: frame.line,
    };
    return frame.resolved;
  }

  #text(id: number): string {
    return this.#strings.text(this.#strings.ids.get(id));
  }
}
