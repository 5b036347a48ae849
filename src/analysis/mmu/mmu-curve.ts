import { Heap } from "../../base/heap.js";
import { BandedSeries } from "./banded-series.js";
import type { UtilizationSeries } from "./utilization-series.js";

/** A stretch of time in which little was left for the program. */
export interface UtilizationWindow {
  /** When it begins, in nanoseconds since the start of the trace. */
  readonly time: number;
  /** From 0 to 1. */
  readonly utilization: number;
}

/** Bands that a series is divided into at most, as in Go's viewer; and all series together, for more Ps than any machine has. */
const BANDS = 1000;
const ALL_BANDS = 1 << 18;

/** Sees a window of some duration; gives the utilization above which windows do not matter any more, {@link DONE} if none does. */
type Visit = (time: number, utilization: number, window: number) => number;
const DONE = -1;

/** The minimum mutator utilization by window, with the values of Go's own trace viewer. */
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
   * The least share that was left for the program in any window of a duration.
   * @param window nanoseconds; one that is longer than a series is as long as that
   * @returns from 0 to 1; 1 if there is nothing to look at
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
   * Windows with the least utilization, the worst first, as Go's viewer picks them: of two that overlap, the worse one
   * is taken; only one that overlaps several may leave some of these.
   */
  worst(window: number, count: number): UtilizationWindow[] {
    // The best of the worst comes first, to be replaced.
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

  /** Goes through windows, from the band with the lowest bound on, until the others do not matter. */
  #visit(window: number, visit: Visit): void {
    if (window <= 0) return;
    const windows = this.#series.map(({ duration }) => Math.min(window, duration));
    const bounds = this.#series.map((each, series) => each.bounds(windows[series] as number));
    // Of every band of every series, one after the other: numbers, as there may be a quarter of a million.
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

/** Puts a window among the worst if it is one of them, in the place of the first that it overlaps. */
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
