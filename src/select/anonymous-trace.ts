import type { EventBlock } from "../event/block.js";
import type { Generation } from "../event/generation.js";
import { EventKind, isUser } from "../event/kind.js";
import { startFunction } from "../event/start-frame.js";
import type { StackFrame, StackTable, StringTable } from "../event/tables.js";
import type { BlockVisitor, Trace } from "../order/trace.js";
import { type Anonymizer, AnonymousNames } from "./anonymous-names.js";
import { WrappedTrace } from "./wrapped-trace.js";

/** The title of such a trace: the name of its file may tell what the program is. */
export const ANONYMOUS_TITLE = "trace";

/** Added to the index of a string that a program chose, so that its new name has an index of its own. */
const RENAMED = 2 ** 30;

/**
 * A trace without the names that its program chose: functions, files, tasks, regions and categories of logs get
 * made-up names, messages of logs and data of experiments are left out. Find selections in the whole trace: they look
 * at the real names.
 */
export class AnonymousTrace extends WrappedTrace {
  readonly #names: AnonymousNames;
  readonly #keepLogs: boolean;
  #generation: AnonymousGeneration | undefined;

  constructor(whole: Trace, anonymizer: Anonymizer) {
    super(whole);
    this.#names = new AnonymousNames(anonymizer);
    this.#keepLogs = anonymizer.keepLogs ?? false;
  }

  preview(visit: BlockVisitor): void {
    this.whole.preview?.((block) => {
      const { generation } = block;
      this.#rename(block);
      visit(block);
      block.generation = generation;
    });
  }

  async *blocks(): AsyncGenerator<EventBlock, void, undefined> {
    for await (const block of this.whole.blocks()) {
      const { generation } = block;
      this.#rename(block);
      yield block;
      block.generation = generation;
    }
  }

  #rename(block: EventBlock): void {
    const { generation, kind, length, name, text } = block;
    if (generation === undefined) return;
    if (this.#generation?.real !== generation)
      this.#generation = new AnonymousGeneration(generation, this.#names);
    block.generation = this.#generation;
    for (let i = 0; i < length; i++) {
      if (!isUser(kind[i] as number)) continue;
      if (name[i] !== 0) name[i] = (name[i] as number) + RENAMED;
      if (kind[i] === EventKind.Log && !this.#keepLogs) text[i] = 0;
    }
  }
}

/** The tables of a generation, with made-up names. */
class AnonymousGeneration implements Generation {
  readonly strings: StringTable;
  readonly stacks: StackTable;
  readonly experimental = [];

  constructor(
    readonly real: Generation,
    names: AnonymousNames,
  ) {
    this.strings = new AnonymousStrings(real.strings, names);
    this.stacks = new AnonymousStacks(real.stacks, names);
  }

  get number(): number {
    return this.real.number;
  }

  get nsPerTick(): number {
    return this.real.nsPerTick;
  }

  get clock(): Generation["clock"] {
    return this.real.clock;
  }

  get wallClock(): Generation["wallClock"] {
    return this.real.wallClock;
  }

  get complete(): boolean {
    return this.real.complete;
  }

  get threads(): Generation["threads"] {
    return this.real.threads;
  }

  get isSnapshot(): boolean {
    return this.real.isSnapshot ?? false;
  }
}

class AnonymousStrings implements StringTable {
  readonly #real: StringTable;
  readonly #names: AnonymousNames;

  constructor(real: StringTable, names: AnonymousNames) {
    this.#real = real;
    this.#names = names;
  }

  get length(): number {
    return this.#real.length;
  }

  text(index: number): string {
    if (index < RENAMED) return this.#real.text(index);
    return this.#names.text(this.#real.text(index - RENAMED));
  }
}

class AnonymousStacks implements StackTable {
  readonly #real: StackTable;
  readonly #names: AnonymousNames;
  readonly #stacks: (readonly StackFrame[] | undefined)[] = [];
  readonly #frames = new Map<StackFrame, StackFrame>();

  constructor(real: StackTable, names: AnonymousNames) {
    this.#real = real;
    this.#names = names;
  }

  get length(): number {
    return this.#real.length;
  }

  frames(index: number): readonly StackFrame[] {
    const known = this.#stacks[index];
    if (known !== undefined) return known;
    const frames = this.#real.frames(index).map((frame) => this.#frame(frame));
    this.#stacks[index] = frames;
    return frames;
  }

  startFunction(index: number): string {
    return startFunction(this.frames(index));
  }

  #frame(frame: StackFrame): StackFrame {
    let renamed = this.#frames.get(frame);
    if (renamed === undefined) {
      renamed = this.#names.frame(frame);
      this.#frames.set(frame, renamed);
    }
    return renamed;
  }
}
