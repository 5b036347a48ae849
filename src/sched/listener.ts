import type { EventBlock } from "../event/block.js";
import type { Changes } from "./changes.js";

/**
 * The interface of consumers of the scheduler model. Calls come in event order. `event` is the index of the
 * causing event in the block. Its stack ({@link EventBlock.stack}) is that of the code that caused the
 * change.
 *
 * Changes of goroutines come as columns ({@link changes}), or one by one ({@link leave}, {@link enter},
 * {@link named}), which takes longer.
 */
export interface SchedListener {
  /** A block begins. */
  block(block: EventBlock): void;
  /**
   * Goroutines have changed their states, between two calls of {@link proc} and {@link other}. The model's
   * columns have the states after the last of the changes.
   */
  changes?(changes: Changes): void;
  /**
   * A goroutine leaves a state. The model's columns still describe the interval that ends.
   * @param slot slot of the goroutine in the model's columns
   * @param to the {@link SchedState} that begins
   * @param time in nanoseconds since the start of the trace; 0 for a goroutine that is mentioned for the
   *   first time and was in the new state when the trace began
   */
  leave?(slot: number, to: number, time: number, event: number): void;
  /**
   * The same change, when the model's columns describe the interval that begins.
   * @param from the {@link SchedState} that ended; `None` for a new goroutine
   */
  enter?(slot: number, from: number, time: number, event: number): void;
  /**
   * The start function of the goroutine in the slot has become known.
   * @param stack index of the stack that has it; 0 if it is known without a stack
   */
  named?(slot: number, stack: number): void;
  /**
   * A P is mentioned for the first time, or changes between idle and running. The columns still have the old
   * values.
   */
  proc(slot: number, event: number): void;
  /** By kind: 0 if {@link other} need not be called for its events. By default it is called for all. */
  readonly others?: Uint8Array;
  /** An event that changes no scheduling state: a range, metric, label (the new one), task, region, log or sample. */
  other(event: number): void;
  /**
   * The end of the trace cuts a goroutine's state, which the model's columns describe. Called for every live goroutine before
   * {@link finish}.
   */
  cut?(slot: number, time: number): void;
  /** The same for a P. */
  cutProc?(slot: number, time: number): void;
  /** The trace ends. Open intervals end at `time`, cut by the end of the trace. */
  finish(time: number): void;
}
