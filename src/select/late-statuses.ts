import { NONE } from "../base/ids.js";
import { EventBlock } from "../event/block.js";
import type { Generation } from "../event/generation.js";
import { EVENT_KINDS, EventKind } from "../event/kind.js";
import { GoState, ProcState } from "../event/states.js";
import { copyEvent } from "./columns.js";

const K = EventKind;

/**
 * In its first generation a trace mentions a goroutine or P only when something happens to it, and tells then what has
 * been the case since the trace began. A window that ends before that must hear of it too: these are the statuses
 * behind its end.
 */
export class LateStatuses {
  /** The first generation with events: no later one brings news of that sort. */
  #initial: Generation | undefined;
  #slots = 0;
  readonly #block = new EventBlock();

  /** Looks at a block; at every one from the beginning of the trace on. */
  watch(block: EventBlock): void {
    if (this.#initial === undefined && hasThreads(block)) this.#initial = block.generation;
    if (this.#initial !== block.generation) return;
    for (let i = 0; i < block.length; i++) {
      const slot = block.slot[i] as number;
      if (slot >= this.#slots) this.#slots = slot + 1;
    }
  }

  /** Whether a block may hold some. */
  mayBeIn(block: EventBlock): boolean {
    return block.generation !== undefined && (this.#initial ?? block.generation) === block.generation;
  }

  /**
   * The statuses among a block's events from `start` on, in a block of their own.
   * @param time what they are told to be at
   */
  in(block: EventBlock, start: number, time: number): EventBlock {
    const late = this.#block;
    late.length = 0;
    late.generation = block.generation;
    for (let i = start; i < block.length; i++) {
      if (isLate(block, i)) this.#take(block, i, time);
    }
    return late;
  }

  #take(block: EventBlock, i: number, time: number): void {
    const late = this.#block;
    const j = late.length++;
    copyEvent(block, i, late, j);
    late.time[j] = time;
    late.goroutine[j] = NONE;
    // Whoever has the slot now may be another one than at the end of the window.
    if (late.kind[j] === K.GoStatus) late.slot[j] = this.#slots++;
    if (!isOnThread(block, i)) {
      late.thread[j] = NONE;
      late.proc[j] = NONE;
    }
  }
}

function isLate(block: EventBlock, i: number): boolean {
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

/** Whether a block has events of threads, besides a sync event and CPU samples. */
function hasThreads(block: EventBlock): boolean {
  for (let i = 0; i < block.length; i++) {
    if (block.kind[i] !== K.Sync && block.kind[i] !== K.CpuSample) return true;
  }
  return false;
}
