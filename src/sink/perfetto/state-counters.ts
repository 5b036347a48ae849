import type { EventBlock } from "../../event/block.js";
import { EventKind, FROM_STATE, TO_STATE } from "../../event/kind.js";
import { GoState } from "../../event/states.js";
import { CounterSeries } from "./counter-series.js";

/** States of a goroutine, from outside. */
const STATES = 6;
/** The kinds of transitions of goroutines are numbered together, from the one behind Sync to before this one. */
const TRANSITIONS = EventKind.GoStatus;

/**
 * How many goroutines are in each {@link GoState} over time. Nearly every event changes two of these counts, so
 * events are only counted by kind; what that makes of the counts is worked out once a stretch of time. As long as
 * the series keep all values, a stretch is one event.
 */
export class StateCounters {
  /** By {@link GoState}. */
  readonly series: readonly CounterSeries[] = Array.from({ length: STATES }, () => new CounterSeries());
  readonly #count = new Int32Array(STATES);
  /** Transitions of the stretch by kind. */
  readonly #transitions = new Int32Array(TRANSITIONS);
  #stretchEnd = Number.NEGATIVE_INFINITY;
  /** Time of the last transition. */
  #last = 0;

  /** Takes the transitions of a block. */
  block(block: EventBlock): void {
    const { kind, time, length } = block;
    const transitions = this.#transitions;
    let stretchEnd = this.#stretchEnd;
    let last = this.#last;
    for (let i = 0; i < length; i++) {
      const k = kind[i] as number;
      if (k >= TRANSITIONS || k === EventKind.Sync) {
        if (k === EventKind.GoStatus) this.#status(block, i);
        continue;
      }
      const at = time[i] as number;
      if (at >= stretchEnd) {
        this.#closeStretch(last);
        stretchEnd = at + this.#width();
      }
      last = at;
      transitions[k] = (transitions[k] as number) + 1;
    }
    this.#stretchEnd = stretchEnd;
    this.#last = last;
  }

  /** Puts what is still pending into the series. */
  finish(): void {
    this.#closeStretch(this.#last);
  }

  /** A goroutine that is first mentioned now has been in its state since the trace began. */
  #status(block: EventBlock, i: number): void {
    if (block.from[i] !== GoState.Undetermined) return;
    const state = block.to[i] as number;
    this.#count[state] = (this.#count[state] as number) + 1;
    this.series[state]?.raise(1);
  }

  /** Brings the counts up to the end of the stretch and hands those that have changed to the series. */
  #closeStretch(last: number): void {
    const count = this.#count;
    for (let kind = 0; kind < TRANSITIONS; kind++) {
      const times = this.#transitions[kind] as number;
      if (times === 0) continue;
      const from = FROM_STATE[kind] as number;
      const to = TO_STATE[kind] as number;
      count[from] = (count[from] as number) - times;
      count[to] = (count[to] as number) + times;
      this.#transitions[kind] = 0;
    }
    for (let state = GoState.NotExist + 1; state < STATES; state++) {
      this.series[state]?.set(last, count[state] as number);
    }
  }

  /** Length of a stretch: that of the series which has had most to merge. */
  #width(): number {
    let width = 0;
    for (const series of this.series) if (series.width > width) width = series.width;
    return width;
  }
}
