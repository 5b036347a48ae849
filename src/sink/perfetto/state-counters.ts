import { SchedState } from "../../sched/state.js";
import { CounterSeries } from "./counter-series.js";

const { None, Syscall, SyscallBlocked } = SchedState;
const STATES = 6;

/**
 * How many goroutines are in each state over time. Every event changes two of these counts, so what it costs
 * to keep a count is little: its extremes within a stretch of time are compared here, and only those reach
 * the series.
 */
export class StateCounters {
  /** By {@link SchedState}; the two kinds of system calls stand together under `Syscall`. */
  readonly series: readonly CounterSeries[] = Array.from({ length: STATES }, () => new CounterSeries());
  readonly #count = new Int32Array(STATES);
  readonly #low = new Int32Array(STATES);
  readonly #high = new Int32Array(STATES);
  readonly #lowTime = new Float64Array(STATES);
  readonly #highTime = new Float64Array(STATES);
  /** The count when the stretch began, and the time of its last change. */
  readonly #start = new Int32Array(STATES);
  readonly #lastTime = new Float64Array(STATES);
  #stretchEnd = Number.NEGATIVE_INFINITY;
  /** Goroutines in a system call that have a P. */
  inSyscallWithProc = 0;

  /** A goroutine goes from one state into another; `None` is not counted. */
  change(from: number, to: number, time: number): void {
    if (time >= this.#stretchEnd) this.#nextStretch(time);
    if (from === Syscall) this.inSyscallWithProc--;
    if (to === Syscall) this.inSyscallWithProc++;
    const left = from === SyscallBlocked ? Syscall : from;
    const entered = to === SyscallBlocked ? Syscall : to;
    if (left === entered) return;
    const count = this.#count;
    const leaving = (count[left] as number) - 1;
    count[left] = leaving;
    this.#lastTime[left] = time;
    if (leaving < (this.#low[left] as number)) {
      this.#low[left] = leaving;
      this.#lowTime[left] = time;
    }
    const entering = (count[entered] as number) + 1;
    count[entered] = entering;
    this.#lastTime[entered] = time;
    if (entering > (this.#high[entered] as number)) {
      this.#high[entered] = entering;
      this.#highTime[entered] = time;
    }
  }

  /** Puts what is still pending into the series. */
  finish(time: number): void {
    this.#nextStretch(time);
  }

  /** Goroutines in a state now. */
  count(state: number): number {
    return this.#count[state] as number;
  }

  /** Hands the extremes of the stretch to the series and starts the next one. */
  #nextStretch(time: number): void {
    let width = Number.POSITIVE_INFINITY;
    for (let state = None + 1; state <= Syscall; state++) {
      const series = this.series[state] as CounterSeries;
      this.#hand(series, state);
      width = Math.min(width, series.width);
    }
    this.#start.set(this.#count);
    this.#low.set(this.#count);
    this.#high.set(this.#count);
    this.#stretchEnd = time + width;
  }

  #hand(series: CounterSeries, state: number): void {
    const start = this.#start[state] as number;
    const low = this.#low[state] as number;
    const high = this.#high[state] as number;
    const lowTime = this.#lowTime[state] as number;
    const highTime = this.#highTime[state] as number;
    if (low < start && (high === start || lowTime < highTime)) series.set(lowTime, low);
    if (high > start) series.set(highTime, high);
    if (low < start && high > start && lowTime > highTime) series.set(lowTime, low);
    series.set(this.#lastTime[state] as number, this.#count[state] as number);
  }
}
