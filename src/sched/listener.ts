import type { EventBlock } from "../event/block.js";

/**
 * What a consumer of the scheduler model implements. Calls come in the order of the events; `event` is
 * the index in the block of the event that causes them.
 *
 * A change is told before the model's columns change: they describe the interval that ends, and
 * {@link SchedModel.next} the one that begins.
 */
export interface SchedListener {
  /** The events that follow are of this block. */
  block(block: EventBlock): void;
  /** A state interval of the goroutine in the slot ends at an event, and the next begins. */
  goroutine(slot: number, event: number): void;
  /** The start function of the goroutine in the slot has become known. */
  named(slot: number): void;
  /** A P is mentioned for the first time, or goes from idle to running or back. */
  proc(slot: number, event: number): void;
  /** An event that changes no scheduling state: a range, metric, label, task, region, log or sample. */
  other(event: number): void;
  /** There are no more events. Intervals still open end at `time`, cut by the end of the trace. */
  finish(time: number): void;
}
