import { Interner } from "../base/interner.js";
import type { EventBlock } from "../event/block.js";
import type { ClockSnapshot } from "../event/generation.js";
import { EVENT_KINDS, type EventClass, FROM_STATE, TO_STATE } from "../event/kind.js";
import { TextNumbers } from "../event/text-numbers.js";
import type { Analysis } from "./analysis.js";
import { RangeCounts, type RangeRow } from "./range-counts.js";
import { type TransitionRow, Transitions } from "./transitions.js";

/** How to count an event, by its kind. */
const Step = { None: 0, Goroutine: 1, Proc: 2, Range: 3, Metric: 4, Label: 5, Sync: 6 } as const;
const STEP_OF: Partial<Record<EventClass, number>> = {
  goroutine: Step.Goroutine,
  proc: Step.Proc,
  "range-begin": Step.Range,
  "range-active": Step.Range,
  "range-end": Step.Range,
  metric: Step.Metric,
  label: Step.Label,
  sync: Step.Sync,
};
const STEPS = Uint8Array.from(EVENT_KINDS, ({ class: kind }) => STEP_OF[kind] ?? Step.None);
/** By kind: 1 if the event's columns hold the states; and 1 if the column `name` holds a reason. */
const VARIES = Uint8Array.from(EVENT_KINDS, ({ from, to }) =>
  from === undefined || to === undefined ? 1 : 0,
);
const HAS_REASON = Uint8Array.from(EVENT_KINDS, ({ strings }) => (strings?.[0] === "reason" ? 1 : 0));

/** The values of a metric. */
export interface MetricRow {
  /** Its name in Go's `runtime/metrics`. */
  readonly name: string;
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly last: number;
  /** When it had its first and last value, in nanoseconds since the start of the trace. */
  readonly firstTime: number;
  readonly lastTime: number;
}

/** The beginning of a generation, or the end of the trace. */
export interface SyncRow {
  /** From 1 on. */
  readonly number: number;
  readonly time: number;
  readonly clock: ClockSnapshot | undefined;
  /** Batches of unparsed data by number of the experiment. */
  readonly experimental: ReadonlyMap<number, number>;
}

/** Counts of a whole trace: events, transitions, ranges, metrics, labels, generations. */
export class EventCounts implements Analysis {
  /** Number of events by `EventKind`. */
  readonly kinds = new Float64Array(EVENT_KINDS.length);
  /** One for each generation, which is about a second of the trace. */
  readonly syncs: SyncRow[] = [];
  readonly #transitions = new Transitions();
  readonly #ranges = new RangeCounts();
  readonly #metrics = new Map<number, { -readonly [K in keyof MetricRow]: MetricRow[K] }>();
  readonly #labels = new Interner();
  readonly #labelNumbers = new TextNumbers(this.#labels);
  readonly #labelCounts: number[] = [];

  get events(): number {
    return this.kinds.reduce((sum, count) => sum + count, 0);
  }

  /** Number of events by class. */
  get classes(): ReadonlyMap<EventClass, number> {
    const classes = new Map<EventClass, number>();
    this.kinds.forEach((count, kind) => {
      const name = EVENT_KINDS[kind]?.class;
      if (name !== undefined && count > 0) classes.set(name, count + (classes.get(name) ?? 0));
    });
    return classes;
  }

  get transitions(): TransitionRow[] {
    return this.#transitions.rows();
  }

  get ranges(): RangeRow[] {
    return this.#ranges.rows();
  }

  get metrics(): MetricRow[] {
    return [...this.#metrics.values()];
  }

  /** How often goroutines got each label. */
  get labels(): ReadonlyMap<string, number> {
    return new Map(this.#labelCounts.map((count, label) => [this.#labels.text(label), count]));
  }

  block(block: EventBlock): void {
    this.#transitions.enter(block.generation);
    this.#labelNumbers.enter(block.generation);
    this.#ranges.block(block);
    const { kinds } = this;
    for (let i = 0; i < block.length; i++) {
      const kind = block.kind[i] as number;
      kinds[kind] = (kinds[kind] as number) + 1;
      const step = STEPS[kind] as number;
      if (step === Step.Goroutine || step === Step.Proc) this.#transition(block, i, kind, step === Step.Proc);
      else if (step !== Step.None) this.#rare(block, i, kind, step);
    }
  }

  finish(time: number): void {
    this.#ranges.finish(time);
  }

  #transition(block: EventBlock, i: number, kind: number, isProc: boolean): void {
    const varies = VARIES[kind] === 1;
    const from = varies ? (block.from[i] as number) : (FROM_STATE[kind] as number);
    const to = varies ? (block.to[i] as number) : (TO_STATE[kind] as number);
    this.#transitions.add(isProc, from, to, HAS_REASON[kind] === 1 ? (block.name[i] as number) : -1);
  }

  #rare(block: EventBlock, i: number, kind: number, step: number): void {
    if (step === Step.Range) this.#ranges.event(block, i);
    else if (step === Step.Metric) this.#metric(kind, block.value[i] as number, block.time[i] as number);
    else if (step === Step.Sync) this.#sync(block, i);
    else {
      const label = this.#labelNumbers.of(block.name[i] as number);
      this.#labelCounts[label] = (this.#labelCounts[label] ?? 0) + 1;
    }
  }

  #metric(kind: number, value: number, time: number): void {
    const metric = this.#metrics.get(kind);
    if (metric === undefined) {
      const name = EVENT_KINDS[kind]?.label ?? "";
      const same = { count: 1, min: value, max: value, last: value, firstTime: time, lastTime: time };
      this.#metrics.set(kind, { name, ...same });
      return;
    }
    metric.count++;
    metric.min = Math.min(metric.min, value);
    metric.max = Math.max(metric.max, value);
    metric.last = value;
    metric.lastTime = time;
  }

  #sync(block: EventBlock, i: number): void {
    const experimental = new Map<number, number>();
    for (const { experiment } of block.generation?.experimental ?? [])
      experimental.set(experiment, (experimental.get(experiment) ?? 0) + 1);
    this.syncs.push({
      number: block.value[i] as number,
      time: block.time[i] as number,
      clock: block.generation?.clock,
      experimental,
    });
  }
}
