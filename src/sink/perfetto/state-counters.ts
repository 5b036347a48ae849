import type { EventBlock } from "../../event/block.js";
import { EventKind, FROM_STATE, TO_STATE } from "../../event/kind.js";
import { GoState } from "../../event/states.js";
import { CounterSeries } from "./counter-series.js";

/** States of a goroutine, from outside. */
const STATES = 6;

/**
 * How many goroutines are in each {@link GoState} over time. Nearly every event changes two of these counts, so
 * it is done in a loop of its own over the block: the extremes of a stretch of time are found here, and only
 * those reach the series.
 */
export class StateCounters {
  /** By {@link GoState}. */
  readonly series: readonly CounterSeries[] = Array.from({ length: STATES }, () => new CounterSeries());
  readonly #count = new Int32Array(STATES);
  readonly #low = new Int32Array(STATES);
  readonly #high = new Int32Array(STATES);
  readonly #lowTime = new Float64Array(STATES);
  readonly #highTime = new Float64Array(STATES);
  /** The count when the stretch began. */
  readonly #start = new Int32Array(STATES);
  /** Time of the last transition. */
  #last = 0;
  #stretchEnd = Number.NEGATIVE_INFINITY;

  /** Takes the transitions of a block. */
  block(block: EventBlock): void {
    const { kind, time, length } = block;
    const count = this.#count;
    const low = this.#low;
    const high = this.#high;
    let stretchEnd = this.#stretchEnd;
    let last = this.#last;
    for (let i = 0; i < length; i++) {
      const k = kind[i] as number;
      // The kinds of transitions of goroutines are numbered together; a status is none.
      if (k >= EventKind.GoStatus || k === EventKind.Sync) {
        if (k === EventKind.GoStatus) this.#status(block, i);
        continue;
      }
      const at = time[i] as number;
      if (at >= stretchEnd) {
        this.#nextStretch(at, last);
        stretchEnd = this.#stretchEnd;
      }
      last = at;
      const from = FROM_STATE[k] as number;
      const left = (count[from] as number) - 1;
      count[from] = left;
      if (left < (low[from] as number)) {
        low[from] = left;
        this.#lowTime[from] = at;
      }
      const to = TO_STATE[k] as number;
      const entered = (count[to] as number) + 1;
      count[to] = entered;
      if (entered > (high[to] as number)) {
        high[to] = entered;
        this.#highTime[to] = at;
      }
    }
    this.#last = last;
  }

  /** Puts what is still pending into the series. */
  finish(time: number): void {
    this.#nextStretch(time, this.#last);
  }

  /** A goroutine that is first mentioned now has been in its state since the trace began. */
  #status(block: EventBlock, i: number): void {
    if (block.from[i] !== GoState.Undetermined) return;
    const state = block.to[i] as number;
    for (const column of [this.#count, this.#start, this.#low, this.#high])
      column[state] = (column[state] as number) + 1;
    this.series[state]?.raise(1);
  }

  /** Hands the extremes of the stretch and the counts at its end to the series, and starts the next one. */
  #nextStretch(time: number, last: number): void {
    let width = Number.POSITIVE_INFINITY;
    for (let state = GoState.NotExist + 1; state < STATES; state++) {
      const series = this.series[state] as CounterSeries;
      this.#hand(series, state, last);
      width = Math.min(width, series.width);
    }
    this.#start.set(this.#count);
    this.#low.set(this.#count);
    this.#high.set(this.#count);
    this.#stretchEnd = time + width;
  }

  #hand(series: CounterSeries, state: number, last: number): void {
    const start = this.#start[state] as number;
    const low = this.#low[state] as number;
    const high = this.#high[state] as number;
    const lowTime = this.#lowTime[state] as number;
    const highTime = this.#highTime[state] as number;
    if (low < start && (high === start || lowTime < highTime)) series.set(lowTime, low);
    if (high > start) series.set(highTime, high);
    if (low < start && high > start && lowTime > highTime) series.set(lowTime, low);
    series.set(last, this.#count[state] as number);
  }
}
