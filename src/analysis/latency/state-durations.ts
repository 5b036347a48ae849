import { NONE } from "../../base/ids.js";
import type { Changes } from "../../sched/changes.js";
import type { SchedModel } from "../../sched/model.js";
import type { NewNames } from "../../sched/new-names.js";
import { Edge, SchedState } from "../../sched/state.js";
import { ALL, type Analysis, type Reported } from "../analysis.js";
import { type Distribution, Histogram } from "../histogram.js";

const { None, Waiting } = SchedState;
/** Room for a function's states. */
const STATES = 8;
/** The most numbers kept for a goroutine without a name. */
const UNNAMED = 32;

/** Durations of a state, of the goroutines of one start function. */
export interface StateRow {
  /** "" if unknown. */
  readonly function: string;
  readonly state: SchedState;
  readonly durations: Distribution;
}

/** Durations of waits for one reason. */
export interface ReasonRow {
  readonly reason: string;
  readonly durations: Distribution;
}

/** Durations of states by start function, and of waits by reason. Only whole intervals count. */
export class StateDurations implements Analysis {
  #model!: SchedModel;
  /** By function + 1 and state. */
  readonly #byState: (Histogram | undefined)[] = [];
  readonly #byReason: (Histogram | undefined)[] = [];
  /** By slot: states and durations, alternating, of a goroutine without a function yet. */
  readonly #unnamed = new Map<number, number[]>();
  /** Undefined for all: most runs need not ask for every interval. */
  readonly #reported: Reported | undefined;

  constructor(reported: Reported = ALL) {
    this.#reported = reported === ALL ? undefined : reported;
  }

  start(model: SchedModel): void {
    this.#model = model;
  }

  changes(changes: Changes): void {
    const { from, func, goroutine, length, names, reason, since, sinceEdge, slot, time, to } = changes;
    const reported = this.#reported;
    let named = 0;
    for (let i = 0; i < length; i++) {
      while (named < names.length && (names.place[named] as number) <= i) this.#named(names, named++);
      const state = from[i] as number;
      // A state that is entered twice was left in between, where events are missing.
      if (state === None || state === to[i]) continue;
      if (reported !== undefined && !reported.has(goroutine[i] as number)) continue;
      if (sinceEdge[i] === Edge.Seen) {
        const duration = (time[i] as number) - (since[i] as number);
        const number = func[i] as number;
        if (number === NONE) this.#remember(slot[i] as number, state, duration);
        else this.#add(number, state, duration);
        const why = reason[i] as number;
        if (state === Waiting && why !== NONE) histogramAt(this.#byReason, why).add(duration);
      }
      if (to[i] === None && this.#unnamed.size > 0) this.#settle(slot[i] as number, NONE);
    }
    while (named < names.length) this.#named(names, named++);
  }

  finish(): void {
    for (const slot of [...this.#unnamed.keys()]) this.#settle(slot, NONE);
  }

  /** By function in the order of their numbers, then by state, without states that were never left. */
  rows(): StateRow[] {
    return this.#byState.flatMap((histogram, at) => {
      if (histogram === undefined) return [];
      const func = Math.floor(at / STATES) - 1;
      const name = func < 0 ? "" : this.#model.functions.text(func);
      return [{ function: name, state: (at % STATES) as SchedState, durations: histogram.distribution() }];
    });
  }

  /** Of a state, over all functions. */
  of(state: SchedState): Distribution {
    return this.histogramOf(state).distribution();
  }

  /** The same, for the shape of the distribution. */
  histogramOf(state: SchedState): Histogram {
    const all = new Histogram();
    this.#byState.forEach((histogram, at) => {
      if (histogram !== undefined && at % STATES === state) all.merge(histogram);
    });
    return all;
  }

  #named({ func, slot }: NewNames, i: number): void {
    if (this.#unnamed.size > 0) this.#settle(slot[i] as number, func[i] as number);
  }

  #add(func: number, state: number, duration: number): void {
    histogramAt(this.#byState, (func + 1) * STATES + state).add(duration);
  }

  /** Keeps an interval until the function is known, which is soon, if ever. */
  #remember(slot: number, state: number, duration: number): void {
    const intervals = this.#unnamed.get(slot) ?? [];
    this.#unnamed.set(slot, intervals);
    intervals.push(state, duration);
    if (intervals.length > UNNAMED) this.#settle(slot, NONE);
  }

  #settle(slot: number, func: number): void {
    const intervals = this.#unnamed.get(slot) ?? [];
    this.#unnamed.delete(slot);
    for (let i = 0; i < intervals.length; i += 2)
      this.#add(func, intervals[i] as number, intervals[i + 1] as number);
  }

  reasons(): ReasonRow[] {
    return this.#byReason.flatMap((histogram, reason) =>
      histogram === undefined
        ? []
        : [{ reason: this.#model.reasons.text(reason), durations: histogram.distribution() }],
    );
  }
}

function histogramAt(histograms: (Histogram | undefined)[], at: number): Histogram {
  let histogram = histograms[at];
  if (histogram === undefined) {
    histogram = new Histogram();
    histograms[at] = histogram;
  }
  return histogram;
}
