import { grown } from "../base/columns.js";
import { leftOut } from "../base/ids.js";
import type { EventBlock } from "../event/block.js";
import { copyEvent } from "../event/copy-event.js";
import { EVENT_KINDS, EventKind, isCreation } from "../event/kind.js";
import type { BlockVisitor, Trace } from "../order/trace.js";
import { WrappedTrace } from "./wrapped-trace.js";

const K = EventKind;

/** Which goroutine decides whether an event of a kind is kept. */
const Rule = {
  /** The subject of the transition. */
  Transition: 0,
  /** The subject, which the transition introduces. */
  Appearance: 1,
  /** The goroutine in the event's context. */
  OfContext: 2,
  /** The subject, which need not run. */
  OfSubject: 3,
  TaskBegin: 4,
  TaskEnd: 5,
  /** Always kept: the event is about Ps, the GC or the whole program. */
  Stays: 6,
} as const;

const RULES = Uint8Array.from(EVENT_KINDS, ({ class: group }, kind) => {
  if (kind === K.TaskBegin) return Rule.TaskBegin;
  if (kind === K.TaskEnd) return Rule.TaskEnd;
  if (kind === K.GoStatus || kind === K.GoSnapshot || isCreation(kind)) return Rule.Appearance;
  if (group === "goroutine") return Rule.Transition;
  if (kind === K.AssistActive) return Rule.OfSubject;
  const isAssist = kind === K.AssistBegin || kind === K.AssistEnd;
  const isOfContext = isAssist || /^(label|region|log|sample|experimental)/.test(group);
  return isOfContext ? Rule.OfContext : Rule.Stays;
});

/** Selected goroutines and tasks. */
export interface Selection {
  readonly goroutines: ReadonlySet<number>;
  /** Tasks to keep. Other tasks are kept if a selected goroutine begins them. */
  readonly tasks: ReadonlySet<number>;
}

/**
 * The events of some goroutines, as their own trace. Events of other goroutines are dropped. Events of Ps,
 * the GC, stop-the-worlds and metrics are kept. If another goroutine is the context of a kept event (for
 * example, it wakes a selected one), it appears as {@link leftOut}.
 */
export class SelectedTrace extends WrappedTrace {
  readonly #selection: Selection;
  /** By slot: 1 if the goroutine is selected. */
  #isSelected = new Uint8Array(256);
  /** Open tasks whose beginning was dropped. */
  readonly #leftOut = new Set<number>();
  /** Open tasks whose beginning was kept. */
  readonly #open = new Set<number>();

  constructor(whole: Trace, selection: Selection) {
    super(whole);
    this.#selection = selection;
  }

  preview(visit: BlockVisitor): void {
    const beforehand = new SelectedTrace(this.whole, this.#selection);
    this.whole.preview?.((block) => {
      beforehand.#select(block);
      visit(block);
    });
  }

  async *blocks(): AsyncGenerator<EventBlock, void, undefined> {
    for await (const block of this.whole.blocks()) {
      this.#select(block);
      if (block.length > 0) yield block;
    }
  }

  /** Moves the kept events to the start of the block. */
  #select(block: EventBlock): void {
    let length = 0;
    for (let i = 0; i < block.length; i++) {
      if (!this.#stays(block, i)) continue;
      if (i !== length) copyEvent(block, i, block, length);
      this.#hideOthers(block, length++);
    }
    block.length = length;
  }

  #stays(block: EventBlock, i: number): boolean {
    const { goroutines } = this.#selection;
    switch (RULES[block.kind[i] as number]) {
      case Rule.Transition:
        return this.#isSelected[block.slot[i] as number] === 1;
      case Rule.Appearance:
        return this.#appear(block.slot[i] as number, block.subject[i] as number);
      case Rule.OfContext:
        return goroutines.has(block.goroutine[i] as number);
      case Rule.OfSubject:
        return goroutines.has(block.subject[i] as number);
      case Rule.TaskBegin:
        return this.#beginTask(block.subject[i] as number, block.goroutine[i] as number);
      case Rule.TaskEnd:
        return this.#endTask(block.subject[i] as number, block.goroutine[i] as number);
      default:
        return true;
    }
  }

  #appear(slot: number, goroutine: number): boolean {
    if (slot >= this.#isSelected.length) this.#isSelected = grown(this.#isSelected, slot + 1);
    const isSelected = this.#selection.goroutines.has(goroutine);
    this.#isSelected[slot] = isSelected ? 1 : 0;
    return isSelected;
  }

  #beginTask(task: number, goroutine: number): boolean {
    const { goroutines, tasks } = this.#selection;
    const stays = tasks.has(task) || goroutines.has(goroutine);
    (stays ? this.#open : this.#leftOut).add(task);
    return stays;
  }

  /**
   * The end of a task is kept if its beginning was. If the task began before the trace, the goroutine that
   * ends it decides.
   */
  #endTask(task: number, goroutine: number): boolean {
    const { goroutines, tasks } = this.#selection;
    if (this.#leftOut.delete(task)) return false;
    return this.#open.delete(task) || tasks.has(task) || goroutines.has(goroutine);
  }

  #hideOthers(block: EventBlock, i: number): void {
    const goroutine = block.goroutine[i] as number;
    if (goroutine < 0 || this.#selection.goroutines.has(goroutine)) return;
    block.goroutine[i] = leftOut(goroutine);
    const kind = block.kind[i];
    if (kind === K.StwBegin || kind === K.StwEnd) block.subject[i] = leftOut(goroutine);
  }
}
