import type { EventBlock } from "../../event/block.js";
import { EventKind } from "../../event/kind.js";
import type { Analysis } from "../analysis.js";

const { GcBegin, GcEnd, HeapAlloc, HeapGoal } = EventKind;

/** GOGC=100 sets a goal of twice the live heap or more. This far below it, something else holds the goal down. */
const LOW = 1.8;
/** While GOGC is off, the goal is 0 since Go 1.25; before, that of the memory limit, of which the default is 2^63 − 1. */
const NO_GOAL = 2 ** 62;

/**
 * What the heap was when GC cycles began: the bytes that the cycle before had left, and the goal. Cycles of which the
 * trace lacks either do not count, such as the first.
 */
export class HeapGoals implements Analysis {
  readonly otherKinds = [GcBegin, GcEnd, HeapGoal];
  cycles = 0;
  /** Cycles that began without a goal: GOGC was off. */
  withoutGoal = 0;
  /** Cycles with a goal that GOGC=100 does not set: it is too low. */
  withLowGoal = 0;
  /** Sums of bytes: of the live heap, and of goals. */
  live = 0;
  goals = 0;
  #live = Number.NaN;
  #goal = Number.NaN;
  #block!: EventBlock;

  block(block: EventBlock): void {
    this.#block = block;
  }

  other(event: number): void {
    const { kind, value } = this.#block;
    if (kind[event] === HeapGoal) this.#goal = goalOf(value[event] as number);
    else if (kind[event] === GcEnd) this.#live = this.#allocated(event);
    else if (kind[event] === GcBegin) this.#begin();
  }

  #begin(): void {
    if (Number.isNaN(this.#live) || Number.isNaN(this.#goal)) return;
    this.cycles++;
    this.live += this.#live;
    this.goals += this.#goal;
    if (this.#goal === 0) this.withoutGoal++;
    else if (this.#goal < LOW * this.#live) this.withLowGoal++;
  }

  /**
   * The bytes on the heap at an event, if the block tells. The runtime reports what it has marked just before a cycle
   * ends, while the world is stopped.
   */
  #allocated(event: number): number {
    const { kind, value } = this.#block;
    for (let i = event - 1; i >= 0; i--) {
      if (kind[i] === HeapAlloc) return value[i] as number;
      if (kind[i] === GcBegin) break;
    }
    return Number.NaN;
  }
}

/** A goal in bytes; 0 if there is none. */
function goalOf(value: number): number {
  return value < NO_GOAL ? value : 0;
}
