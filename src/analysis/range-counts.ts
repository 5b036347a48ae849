import type { EventBlock } from "../event/block.js";
import { EVENT_KINDS, type EventKindInfo, type RangeScope } from "../event/kind.js";
import { type RangeListener, RangePhase, Ranges, rangePhase } from "../sched/ranges.js";
import { Edge } from "../sched/state.js";

/** Ranges of one name. */
export interface RangeRow {
  /** Its name in Go's tools; a stop-the-world with its kind. */
  readonly name: string;
  readonly scope: RangeScope;
  readonly begun: number;
  /** Reports of an active range. */
  readonly active: number;
  readonly ended: number;
  /** Ranges that were open at the end of the trace. */
  readonly open: number;
  /** Sum and maximum of ended ranges, in nanoseconds. A range older than the trace counts from its start. */
  readonly total: number;
  readonly max: number;
  /** Sums of the values of their ends, by name, such as "bytes swept". */
  readonly attributes: Readonly<Record<string, number>>;
}

interface Counts {
  /** By {@link RangePhase}. */
  readonly phases: [number, number, number];
  open: number;
  total: number;
  max: number;
  /** Sums of the columns `value` and `value2`, for the names in {@link EventKindInfo.values}. */
  readonly values: [number, number];
}

/** The values of range ends, by name of the range. The GC's only value is its sequence number. */
const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  EVENT_KINDS.filter(({ class: kind, scope }) => kind === "range-end" && scope !== "none").map(
    ({ label, values }) => [label ?? "", values ?? []],
  ),
);

/** Counts ranges by name. */
export class RangeCounts implements RangeListener {
  readonly #ranges = new Ranges(this);
  readonly #counts: Counts[] = [];

  block(block: EventBlock): void {
    this.#ranges.block(block);
  }

  /** Takes an event of a range. */
  event(block: EventBlock, i: number): void {
    const name = this.#ranges.event(block, i);
    const phase = rangePhase(block.kind[i] as number) as RangePhase;
    const counts = this.#of(name);
    counts.phases[phase]++;
    if (phase !== RangePhase.End) return;
    counts.values[0] += block.value[i] as number;
    counts.values[1] += block.value2[i] as number;
  }

  finish(time: number): void {
    this.#ranges.finish(time);
  }

  range(name: number, _subject: number, since: number, _edge: Edge, until: number, edge: Edge): void {
    const counts = this.#of(name);
    if (edge === Edge.Cut) {
      counts.open++;
      return;
    }
    counts.total += until - since;
    counts.max = Math.max(counts.max, until - since);
  }

  rows(): RangeRow[] {
    const { names, scopes } = this.#ranges.names;
    return this.#counts.map(({ phases, values, ...rest }, name) => ({
      name: names.text(name),
      scope: scopes[name] ?? "none",
      begun: phases[RangePhase.Begin],
      active: phases[RangePhase.Active],
      ended: phases[RangePhase.End],
      ...rest,
      attributes: attributesOf(names.text(name), values),
    }));
  }

  #of(name: number): Counts {
    let counts = this.#counts[name];
    if (counts === undefined) {
      counts = { phases: [0, 0, 0], open: 0, total: 0, max: 0, values: [0, 0] };
      this.#counts[name] = counts;
    }
    return counts;
  }
}

function attributesOf(name: string, values: readonly number[]): Record<string, number> {
  return Object.fromEntries((ATTRIBUTES[name] ?? []).map((label, n) => [label, values[n] ?? 0]));
}
