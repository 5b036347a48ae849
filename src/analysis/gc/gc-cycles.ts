import type { TraceTime } from "../../base/ids.js";
import type { EventBlock } from "../../event/block.js";
import { EVENT_KINDS, EventKind, isRange, kindsThat } from "../../event/kind.js";
import { type RangeListener, Ranges, rangePhase } from "../../sched/ranges.js";
import { Edge } from "../../sched/state.js";
import type { Analysis } from "../analysis.js";
import { type Distribution, Histogram } from "../histogram.js";
import { TopList } from "../top-list.js";

const K = EventKind;
const CYCLE = EVENT_KINDS[K.GcBegin]?.label ?? "";
const ASSIST = EVENT_KINDS[K.AssistBegin]?.label ?? "";
const SWEEP = EVENT_KINDS[K.SweepBegin]?.label ?? "";
const STOP = /^.* \((.*)\)$/s;

/** A GC cycle: its concurrent mark phase. Bytes are undefined where no event has given them yet. */
export interface GcCycleRow {
  readonly since: TraceTime;
  /** Nanoseconds. */
  readonly duration: number;
  /** Bytes of heap at its beginning and end, and the goal at its beginning. */
  readonly heapBefore: number | undefined;
  readonly heapAfter: number | undefined;
  readonly goal: number | undefined;
}

/** Ranges of one sort: durations of whole ones, and the number that the edges of the trace cut. */
export interface RangeDurations {
  readonly durations: Distribution;
  readonly cut: number;
  /** Nanoseconds of all, cut ones included. */
  readonly total: number;
}

/** Stop-the-world of one kind. */
export interface StopRow extends RangeDurations {
  /** Why, such as "GC mark termination". */
  readonly kind: string;
}

/** Garbage collection: cycles, stop-the-world by kind (also without GC), mark assists, sweeping. */
export class GcCycles implements Analysis, RangeListener {
  readonly otherKinds = kindsThat((kind) => isRange(kind) || kind === K.HeapAlloc || kind === K.HeapGoal);
  readonly #ranges = new Ranges(this);
  /** By name of the range. */
  readonly #sorts: Sort[] = [];
  readonly #longest: TopList<GcCycleRow>;
  #block!: EventBlock;
  #heap: number | undefined;
  #goal: number | undefined;
  #atBegin: { readonly heap: number | undefined; readonly goal: number | undefined } | undefined;
  #bytesSwept = 0;
  #bytesReclaimed = 0;

  /** @param rows number of the longest cycles to keep */
  constructor(rows = 10) {
    this.#longest = new TopList(rows);
  }

  get cycles(): RangeDurations {
    return this.#of(CYCLE);
  }

  /** The longest first. */
  get longestCycles(): GcCycleRow[] {
    return this.#longest.rows();
  }

  get assists(): RangeDurations {
    return this.#of(ASSIST);
  }

  get sweeps(): RangeDurations & { readonly bytesSwept: number; readonly bytesReclaimed: number } {
    const bytes = { bytesSwept: this.#bytesSwept, bytesReclaimed: this.#bytesReclaimed };
    return { ...this.#of(SWEEP), ...bytes };
  }

  /** In the order of their first occurrence. */
  get stops(): StopRow[] {
    return this.#sorts.flatMap((sort, name) => {
      const kind = STOP.exec(this.#ranges.names.names.text(name))?.[1];
      return kind === undefined ? [] : [{ kind, ...figures(sort) }];
    });
  }

  /** All kinds of stop-the-world together. */
  get allStops(): RangeDurations {
    const all: Sort = { histogram: new Histogram(), cut: 0, total: 0 };
    this.#sorts.forEach((sort, name) => {
      if (!STOP.test(this.#ranges.names.names.text(name))) return;
      all.histogram.merge(sort.histogram);
      all.cut += sort.cut;
      all.total += sort.total;
    });
    return figures(all);
  }

  block(block: EventBlock): void {
    this.#block = block;
    this.#ranges.block(block);
  }

  other(event: number): void {
    const block = this.#block;
    const kind = block.kind[event] as number;
    if (kind === K.HeapAlloc) this.#heap = block.value[event] as number;
    else if (kind === K.HeapGoal) this.#goal = block.value[event] as number;
    if (rangePhase(kind) < 0) return;
    if (kind === K.GcBegin) this.#atBegin = { heap: this.#heap, goal: this.#goal };
    else if (kind === K.SweepEnd) {
      this.#bytesSwept += block.value[event] as number;
      this.#bytesReclaimed += block.value2[event] as number;
    }
    this.#ranges.event(block, event);
  }

  finish(time: number): void {
    this.#ranges.finish(time);
  }

  range(name: number, _subject: number, since: number, sinceEdge: Edge, until: number, edge: Edge): void {
    const duration = until - since;
    this.#sorts[name] ??= { histogram: new Histogram(), cut: 0, total: 0 };
    const sort = this.#sorts[name];
    sort.total += duration;
    if (sinceEdge === Edge.Cut || edge === Edge.Cut) {
      sort.cut++;
      return;
    }
    sort.histogram.add(duration);
    if (this.#ranges.names.names.text(name) !== CYCLE) return;
    const { heap, goal } = this.#atBegin ?? {};
    this.#longest.add(duration, { since, duration, heapBefore: heap, heapAfter: this.#heap, goal });
  }

  #of(label: string): RangeDurations {
    const { names } = this.#ranges.names;
    const found = this.#sorts.find((_sort, name) => names.text(name) === label);
    return figures(found ?? { histogram: new Histogram(), cut: 0, total: 0 });
  }
}

interface Sort {
  readonly histogram: Histogram;
  cut: number;
  total: number;
}

function figures({ histogram, cut, total }: Sort): RangeDurations {
  return { durations: histogram.distribution(), cut, total };
}
