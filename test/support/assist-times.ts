import type { EventBlock } from "../../src/event/block.js";
import { EVENT_KINDS, EventKind } from "../../src/event/kind.js";
import { GoState } from "../../src/event/states.js";
import { stateAfter } from "./event-states.js";

const K = EventKind;

/** How long goroutines ran within mark assists, by an own walk over the events: from each start of a run or an assist to its end. */
export class AssistTimes {
  /** Nanoseconds. */
  total = 0;
  /** Whether an assist was under way when the trace began or ended. */
  isCut = false;
  /** Goroutines that run, and those that assist; since when they do both. */
  readonly #running = new Set<number>();
  readonly #assisting = new Set<number>();
  readonly #since = new Map<number, number>();

  block(block: EventBlock): void {
    for (let i = 0; i < block.length; i++) {
      const kind = block.kind[i] as number;
      const subject = block.subject[i] as number;
      if (kind === K.AssistBegin) this.#assisting.add(subject);
      else if (kind === K.AssistEnd) this.#assisting.delete(subject);
      else if (kind === K.AssistActive) this.isCut = true;
      else if (EVENT_KINDS[kind]?.class === "goroutine") this.#moves(block, i, subject);
      else continue;
      this.#count(subject, block.time[i] as number);
    }
  }

  /** The trace ends. */
  finish(): void {
    this.isCut ||= this.#assisting.size > 0;
  }

  #moves(block: EventBlock, i: number, goroutine: number): void {
    if (stateAfter(block, i) === GoState.Running) this.#running.add(goroutine);
    else this.#running.delete(goroutine);
  }

  #count(goroutine: number, time: number): void {
    const since = this.#since.get(goroutine);
    const does = this.#running.has(goroutine) && this.#assisting.has(goroutine);
    if (does && since === undefined) this.#since.set(goroutine, time);
    if (does || since === undefined) return;
    this.total += time - since;
    this.#since.delete(goroutine);
  }
}
