import { Heap } from "../../base/heap.js";
import { BandedSeries } from "./banded-series.js";
import type { UtilizationSeries } from "./utilization-series.js";

/** A stretch of time with low mutator utilization. */
export interface UtilizationWindow {
  /** When it begins, in nanoseconds since the start of the trace. */
  readonly time: number;
  /** From 0 to 1. */
  readonly utilization: number;
}

/** Bands that a series is divided into at most, as in Go's viewer; and all series together, for more Ps than any machine has. */
const BANDS = 1000;
const ALL_BANDS = 1 << 18;

/** Visits a window; returns the utilization above which windows no longer matter, or {@link DONE}. */
type Visit = (time: number, utilization: number, window: number) => number;
const DONE = -1;

/** Minimum mutator utilization (MMU) by window, with the values of Go's trace viewer. */
export class MmuCurve {
  readonly #series: readonly BandedSeries[];

  /** @param series one for the whole program, or one for each P */
  constructor(series: readonly UtilizationSeries[]) {
    const some = series.filter(({ duration }) => duration > 0);
    const most = Math.min(BANDS, Math.ceil(ALL_BANDS / some.length));
    this.#series = some.map((each) => new BandedSeries(each, most));
  }

  /** The duration of the longest series. */
  get duration(): number {
    return Math.max(0, ...this.#series.map(({ duration }) => duration));
  }

  /**
   * The MMU for a window duration.
   * @param window nanoseconds, at most the duration of the series
   * @returns from 0 to 1; 1 without data
   */
  minimum(window: number): number {
    let least = 1;
    this.#visit(window, (_time, utilization) => {
      least = Math.min(least, utilization);
      return utilization === 0 ? DONE : least;
    });
    return least;
  }

  /**
   * The windows with the lowest utilization, the worst first, as Go's viewer picks them. Of two that overlap, the worse
   * one stays; one that overlaps several replaces only the first.
   */
  worst(window: number, count: number): UtilizationWindow[] {
    // The best of the worst is first, to be replaced.
    const found = new Heap<UtilizationWindow>((a, b) =>
      a.utilization === b.utilization ? a.time > b.time : a.utilization > b.utilization,
    );
    let least = 1;
    this.#visit(window, (time, utilization, duration) => {
      least = Math.min(least, utilization);
      consider(found, { time, utilization }, duration, count);
      if (found.entries.length < count) return 1;
      const limit = found.first?.utilization ?? 0;
      return limit === 0 ? DONE : Math.max(least, limit);
    });
    return found.entries.sort((a, b) => a.utilization - b.utilization || a.time - b.time);
  }

  /** Visits windows, from the band with the lowest bound on, until the rest do not matter. */
  #visit(window: number, visit: Visit): void {
    if (window <= 0) return;
    const windows = this.#series.map(({ duration }) => Math.min(window, duration));
    const bounds = this.#series.map((each, series) => each.bounds(windows[series] as number));
    // The bounds of every band of every series in a row. They are numbers, because there may be a quarter of
    // a million.
    const all = new Float64Array(bounds.reduce((sum, { length }) => sum + length, 0));
    const seriesOf = new Int32Array(all.length);
    const starts: number[] = [];
    let length = 0;
    for (const [series, each] of bounds.entries()) {
      starts.push(length);
      all.set(each, length);
      length += each.length;
      seriesOf.fill(series, starts[series], length);
    }
    const heap = new Heap(
      (a, b) => (all[a] as number) < (all[b] as number),
      Array.from({ length }, (_, band) => band),
    );
    let bound = 1;
    for (let next = heap.first; next !== undefined && (all[next] as number) < bound; next = heap.first) {
      const series = seriesOf[next] as number;
      const duration = windows[series] as number;
      this.#series[series]?.windows(next - (starts[series] as number), duration, (time, utilization) => {
        const answer = visit(time, utilization, duration);
        bound = Math.max(answer, 0);
        return answer;
      });
      heap.pop();
    }
  }
}

/** Adds a window to the worst if it is one of them, in place of the first that it overlaps. */
function consider(
  found: Heap<UtilizationWindow>,
  candidate: UtilizationWindow,
  window: number,
  count: number,
): void {
  const { time, utilization } = candidate;
  const limit = found.first?.utilization ?? 1;
  if (found.entries.length >= count && utilization >= limit) return;
  const overlapping = found.entries.findIndex(
    (other) => time + window > other.time && other.time + window > time,
  );
  if (overlapping >= 0) {
    if ((found.entries[overlapping]?.utilization ?? 0) <= utilization) return;
    found.remove(overlapping);
  }
  found.push(candidate);
  if (found.entries.length > count) found.pop();
}
