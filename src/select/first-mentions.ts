import { NONE } from "../base/ids.js";
import { BLOCK_SIZE, EventBlock } from "../event/block.js";
import { copyEvent } from "../event/copy-event.js";
import type { Generation } from "../event/generation.js";
import { EVENT_KINDS, EventKind } from "../event/kind.js";
import { GoState, ProcState } from "../event/states.js";
import type { Trace } from "../order/trace.js";
import { firstAt } from "./columns.js";

const K = EventKind;

/**
 * The statuses of goroutines and Ps that a part needs although they come after its end. In its first
 * generation a trace mentions a goroutine or P only when something happens to it, with its state since the
 * trace began. This class collects those statuses in advance, one per goroutine and P.
 */
export class FirstMentions {
  readonly #kept: EventBlock[] = [];
  readonly #told = new EventBlock();
  /** The generation of the collected statuses. */
  #generation: Generation | undefined;
  #slots = 0;

  constructor(trace: Trace) {
    trace.preview?.((block) => this.#watch(block));
  }

  /** Sets the generation of the events that follow. Only the first generation has first mentions. */
  enter(generation: Generation | undefined): void {
    if (generation !== this.#generation) this.#kept.length = 0;
  }

  /**
   * The statuses after a time, in blocks. A block is valid until the next one is requested.
   * @param time since the start of the trace
   * @param toldAt the time of the emitted statuses
   */
  *behind(time: number, toldAt: number): Generator<EventBlock, void, undefined> {
    const told = this.#told;
    let slot = this.#slots;
    for (const block of this.#kept) {
      told.length = 0;
      told.generation = block.generation;
      for (let i = firstAt(block, time); i < block.length; i++) this.#tell(block, i, toldAt, slot++);
      if (told.length > 0) yield told;
    }
  }

  #watch(block: EventBlock): void {
    for (let i = 0; i < block.length; i++) {
      const slot = block.slot[i] as number;
      if (slot >= this.#slots) this.#slots = slot + 1;
      if (isFirst(block, i)) this.#keep(block, i);
    }
  }

  #keep(block: EventBlock, i: number): void {
    this.#generation = block.generation;
    let kept = this.#kept.at(-1);
    if (kept === undefined || kept.length === BLOCK_SIZE || kept.generation !== block.generation) {
      kept = new EventBlock();
      kept.generation = block.generation;
      this.#kept.push(kept);
    }
    copyEvent(block, i, kept, kept.length++);
  }

  /** @param slot a new slot: the one in the event may belong to another goroutine at that time */
  #tell(block: EventBlock, i: number, time: number, slot: number): void {
    const told = this.#told;
    const j = told.length++;
    copyEvent(block, i, told, j);
    told.time[j] = time;
    told.goroutine[j] = NONE;
    told.slot[j] = slot;
    if (isOnThread(block, i)) return;
    told.thread[j] = NONE;
    told.proc[j] = NONE;
  }
}

function isFirst(block: EventBlock, i: number): boolean {
  const kind = block.kind[i] as number;
  if (kind === K.GoStatus) return block.from[i] === GoState.Undetermined;
  if (kind === K.ProcStatus) return block.from[i] === ProcState.Undetermined;
  return EVENT_KINDS[kind]?.class === "range-active";
}

function isOnThread(block: EventBlock, i: number): boolean {
  const to = block.to[i];
  if (block.kind[i] === K.ProcStatus) return to === ProcState.Running;
  return block.kind[i] === K.GoStatus && (to === GoState.Running || to === GoState.Syscall);
}
