import type { EventBlock } from "../../event/block.js";
import { EventKind, FROM_STATE, isTransition, TO_STATE } from "../../event/kind.js";
import { GoState } from "../../event/states.js";
import { CounterSeries } from "../counter-series.js";

/** Number of {@link GoState} values. */
const STATES = 6;
/** Room for every possible kind, so that counting needs no check. */
const KINDS = 256;

/**
 * How many goroutines are in each {@link GoState} over time. Nearly every event changes two of these counts. So events
 * are counted by kind, and the states computed once for each stretch of time. While the series keep all values, a
 * stretch is one event.
 */
export class StateCounters {
  /** By {@link GoState}. */
  readonly series: readonly CounterSeries[] = Array.from({ length: STATES }, () => new CounterSeries());
  readonly #count = new Int32Array(STATES);
  /** Events of the stretch by kind. */
  readonly #transitions = new Int32Array(KINDS);
  #stretchEnd = Number.NEGATIVE_INFINITY;
  /** Time of the last transition. */
  #last = -0;

  /** Takes the transitions of a block. */
  block(block: EventBlock): void {
    const { time, length } = block;
    if (length === 0) return;
    const last = time[length - 1] as number;
    if (last >= this.#stretchEnd) this.#countAcross(block);
    else this.#countWithin(block);
  }

  /**
   * A goroutine appears, in the state that it has been in since the trace began; or a repair moves one to the state of the
   * next event, whose values then are right.
   */
  status(block: EventBlock, i: number): void {
    const from = block.from[i] as number;
    const to = block.to[i] as number;
    const count = this.#count;
    count[to] = (count[to] as number) + 1;
    if (from === GoState.Undetermined) this.series[to]?.raise(1);
    else count[from] = (count[from] as number) - 1;
  }

  /** Counts a block within a stretch without a branch, because the next kind is hard to predict. */
  #countWithin(block: EventBlock): void {
    const { kind, length } = block;
    const transitions = this.#transitions;
    for (let i = 0; i < length; i++) {
      const k = kind[i] as number;
      transitions[k] = (transitions[k] as number) + 1;
    }
    let i = length - 1;
    while (i >= 0 && !isTransition(kind[i] as number)) i--;
    if (i >= 0) this.#last = block.time[i] as number;
  }

  /** Counts a block in which stretches end. */
  #countAcross(block: EventBlock): void {
    const { kind, time, length } = block;
    if (this.#stretchEnd < 0) this.#begin();
    for (let i = 0; i < length; i++) {
      const k = kind[i] as number;
      if (!isTransition(k)) continue;
      const at = time[i] as number;
      if (at >= this.#stretchEnd) {
        const width = this.#width();
        if (width === 0) {
          this.#change(k, at);
          continue;
        }
        this.#closeStretch(this.#last);
        this.#stretchEnd = at + width;
      }
      this.#last = at;
      this.#transitions[k] = (this.#transitions[k] as number) + 1;
    }
  }

  /** Sets all counts at the start of the trace. */
  #begin(): void {
    this.#closeStretch(0);
    this.#stretchEnd = -0;
  }

  /** Passes one transition to the series. */
  #change(kind: number, time: number): void {
    const count = this.#count;
    const from = FROM_STATE[kind] as number;
    const to = TO_STATE[kind] as number;
    this.#last = time;
    count[from] = (count[from] as number) - 1;
    count[to] = (count[to] as number) + 1;
    if (from !== GoState.NotExist) this.series[from]?.set(time, count[from] as number);
    if (to !== GoState.NotExist) this.series[to]?.set(time, count[to] as number);
  }

  /** Adds what is pending to the series. */
  finish(): void {
    this.#closeStretch(this.#last);
  }

  /** Updates the counts at the end of the stretch and adds those that changed to the series. */
  #closeStretch(last: number): void {
    const count = this.#count;
    for (let kind = EventKind.Sync + 1; isTransition(kind); kind++) {
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

  /** Length of a stretch: the longest of all series. */
  #width(): number {
    let width = 0;
    for (const series of this.series) if (series.width > width) width = series.width;
    return width;
  }
}
