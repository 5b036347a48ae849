import { TraceError } from "../base/errors.js";
import type { ByteCursor } from "../bytes/byte-cursor.js";
import { isCgoEntry, startFunction } from "../event/start-frame.js";
import type { SourceLine } from "../event/symbolizer.js";
import type { StackFrame, StackTable } from "../event/tables.js";
import { IdMap } from "./id-map.js";
import type { WireStrings } from "./string-table.js";

const NO_FRAMES: readonly StackFrame[] = [];

/** The id of a function's name in a trace without names. */
const UNNAMED = -1;

/** A frame as stored in the table. Its names are ids of strings that may come later. */
export interface WireFrame {
  readonly pc: bigint;
  /** −1 if the trace has no names. */
  readonly func: number;
  readonly file: number;
  readonly line: number;
  resolved?: StackFrame;
}

/** The stacks of a generation. Frames are stored once per PC, from the first stack that has the PC. */
export class WireStacks implements StackTable {
  readonly ids = new IdMap();
  readonly #strings: WireStrings;
  /** Frames by PC. PCs beyond 2^53 use their exact text as the key. */
  readonly #framesByPc = new Map<number | string, WireFrame>();
  readonly #stacks: WireFrame[][] = [[]];
  readonly #resolved: (readonly StackFrame[] | undefined)[] = [NO_FRAMES];
  /** Stacks of goroutines that have not run, by the address of their start function. */
  readonly #starts = new Map<number, number>();
  /**
   * Roots under another name, by address and name, so that a second pass over the events gets the same
   * stacks.
   */
  readonly #renamed = new Map<string, number>();

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

  startFunction(index: number): string {
    const root = this.#stacks[index]?.at(-1);
    if (root === undefined) return "";
    const func = this.#functionOf(root);
    return isCgoEntry(func) ? startFunction(this.frames(index)) : func;
  }

  /** Adds a stack. Returns false, and adds nothing, if the id exists already. */
  add(id: number, frames: WireFrame[]): boolean {
    if (!this.ids.add(id, this.#stacks.length)) return false;
    this.#stacks.push(frames);
    return true;
  }

  /**
   * Reads a frame: its PC, the ids of its function and file, and its line.
   * @throws MalformedBytes if the data ends within it
   */
  frame(data: ByteCursor): WireFrame {
    const key = readPc(data);
    const pc = data.exact();
    const func = data.uvarint();
    const file = data.uvarint();
    const line = data.uvarint();
    return this.#framesByPc.get(key) ?? this.#keep(key, { pc, func, file, line });
  }

  /** Reads a frame that has only a PC. @throws MalformedBytes if the data ends within it */
  unnamedFrame(data: ByteCursor): WireFrame {
    const key = readPc(data);
    return (
      this.#framesByPc.get(key) ?? this.#keep(key, { pc: data.exact(), func: UNNAMED, file: 0, line: 0 })
    );
  }

  /**
   * Index of the stack of a goroutine that starts with the function at an address, in traces without names.
   */
  ofStart(address: number): number {
    if (address === 0) return 0;
    let index = this.#starts.get(address);
    if (index === undefined) {
      index = this.#stacks.length;
      // As if the function had been called. Later runtimes record it so.
      const pc = address + 1;
      const frame = { pc: BigInt(pc), func: UNNAMED, file: 0, line: 0 };
      this.#stacks.push([this.#framesByPc.get(pc) ?? this.#keep(pc, frame)]);
      this.#starts.set(address, index);
    }
    return index;
  }

  /** Index of a stack of one function alone, at the address of another stack's root. */
  renamedRoot(index: number, func: string): number {
    const root = this.#stacks[index]?.at(-1);
    if (root === undefined) return 0;
    const key = `${root.pc} ${func}`;
    let renamed = this.#renamed.get(key);
    if (renamed === undefined) {
      renamed = this.#stacks.length;
      this.#stacks.push([{ ...root, resolved: { pc: root.pc, func, file: "", line: 0 } }]);
      this.#renamed.set(key, renamed);
    }
    return renamed;
  }

  /** Addresses of the calls (and start functions) in frames without names, without duplicates. */
  unnamedAddresses(): bigint[] {
    return [...this.#framesByPc.values()].filter(({ func }) => func === UNNAMED).map(addressOf);
  }

  /**
   * Sets the names of frames without names, by the addresses of their calls. Call it before any frame is
   * read.
   */
  symbolize(lines: ReadonlyMap<bigint, SourceLine>): void {
    for (const frame of this.#framesByPc.values()) {
      const line = frame.func === UNNAMED ? lines.get(addressOf(frame)) : undefined;
      if (line !== undefined) frame.resolved = { pc: frame.pc, ...line };
    }
  }

  /** Checks that the string table has every frame's names. @throws TraceError `malformed-table` */
  validate(): void {
    for (const frame of this.#framesByPc.values()) {
      for (const id of [frame.func, frame.file]) {
        if (this.#strings.ids.get(id) < 0) {
          throw new TraceError("malformed-table", `a stack frame names string ${id}, which is not there`);
        }
      }
    }
  }

  #keep(key: number | string, frame: WireFrame): WireFrame {
    this.#framesByPc.set(key, frame);
    return frame;
  }

  #resolve(frame: WireFrame): StackFrame {
    frame.resolved ??= {
      pc: frame.pc,
      func: this.#functionOf(frame),
      file: this.#text(frame.file),
      line: frame.line,
    };
    return frame.resolved;
  }

  /** The function's name; its PC if there are no names. */
  #functionOf({ func, pc, resolved }: WireFrame): string {
    if (resolved !== undefined) return resolved.func;
    return func === UNNAMED ? `0x${pc.toString(16)}` : this.#text(func);
  }

  #text(id: number): string {
    return this.#strings.text(this.#strings.ids.get(id));
  }
}

/** The address of the call. The PC is the return address, just after the call. */
function addressOf({ pc }: WireFrame): bigint {
  return pc - 1n;
}

/** Reads a PC. Returns the key to store it under; the cursor has the exact value. */
function readPc(data: ByteCursor): number | string {
  const number = data.uvarint();
  return Number.isSafeInteger(number) ? number : String(data.exact());
}
