import { NONE } from "../base/ids.js";
import { Interner } from "../base/interner.js";
import type { EventBlock } from "../event/block.js";
import { EVENT_KINDS, EventKind, type RangeScope } from "../event/kind.js";
import { TextNumbers } from "../event/text-numbers.js";
import { Edge } from "./state.js";

const K = EventKind;

/** What an event reports about a range. */
export const RangePhase = { Begin: 0, Active: 1, End: 2 } as const;
export type RangePhase = (typeof RangePhase)[keyof typeof RangePhase];

/** By {@link EventKind}; −1 for kinds that are not about ranges. */
const PHASES = Int8Array.from(EVENT_KINDS, ({ class: kind }) =>
  kind === "range-begin"
    ? RangePhase.Begin
    : kind === "range-active"
      ? RangePhase.Active
      : kind === "range-end"
        ? RangePhase.End
        : NONE,
);

/** The interface of consumers of {@link Ranges}. */
export interface RangeListener {
  /**
   * A range ends.
   * @param name its number in {@link RangeNames.names}
   * @param subject its goroutine or P, −1 for a range of the whole program
   * @param since when it began, in nanoseconds since the start of the trace
   * @param sinceEdge cut if it was open when the trace began
   * @param edge cut if it is open when the trace ends
   */
  range(name: number, subject: number, since: number, sinceEdge: Edge, until: number, edge: Edge): void;
}

/** Numbers for the names of ranges. */
export class RangeNames {
  /** Names as in Go's tools. */
  readonly names = new Interner();
  /** The scope of each name's ranges. */
  readonly scopes: RangeScope[] = [];
  readonly #stops = new TextNumbers(this.names, (kind) => `${EVENT_KINDS[K.StwBegin]?.label} (${kind})`);

  /** The following events are of this block. */
  block(block: EventBlock): void {
    this.#stops.enter(block.generation);
  }

  /** The number of the name of an event's range. */
  of(block: EventBlock, i: number): number {
    const kind = block.kind[i] as number;
    const isStop = kind === K.StwBegin || kind === K.StwEnd;
    const name = isStop
      ? this.#stops.of(block.name[i] as number)
      : this.names.intern(EVENT_KINDS[kind]?.label ?? "");
    this.scopes[name] ??= EVENT_KINDS[kind]?.scope ?? "none";
    return name;
  }
}

/** The range phase of a kind; −1 if the kind is not about ranges. */
export function rangePhase(kind: number): number {
  return PHASES[kind] as number;
}

/** The open ranges: GC, stop-the-world by kind, mark assists of goroutines, sweeps of Ps. */
export class Ranges {
  readonly names = new RangeNames();
  readonly #listener: RangeListener;
  /** By name, then by subject: when the range began, or {@link CUT}. */
  readonly #open: Map<number, number>[] = [];

  constructor(listener: RangeListener) {
    this.#listener = listener;
  }

  /** The following events are of this block. */
  block(block: EventBlock): void {
    this.names.block(block);
  }

  /** Takes an event of a range. @returns the number of the range's name */
  event(block: EventBlock, i: number): number {
    const name = this.names.of(block, i);
    const subject = this.names.scopes[name] === "none" ? NONE : (block.subject[i] as number);
    const time = block.time[i] as number;
    this.#open[name] ??= new Map();
    const open = this.#open[name];
    const phase = rangePhase(block.kind[i] as number);
    // What begins at the edge of a part began before.
    if (phase === RangePhase.Begin) open.set(subject, block.generation?.isSnapshot ? CUT : time);
    else if (phase === RangePhase.End) this.#end(name, subject, time, Edge.Seen);
    else if (!open.has(subject)) open.set(subject, CUT);
    return name;
  }

  /** Ends open ranges, cut by the end of the trace. */
  finish(time: number): void {
    this.#open.forEach((open, name) => {
      for (const subject of [...open.keys()]) this.#end(name, subject, time, Edge.Cut);
    });
  }

  #end(name: number, subject: number, time: number, edge: Edge): void {
    const open = this.#open[name];
    const since = open?.get(subject);
    open?.delete(subject);
    if (since === undefined) return;
    const cut = since === CUT;
    this.#listener.range(name, subject, cut ? 0 : since, cut ? Edge.Cut : Edge.Seen, time, edge);
  }
}

/** Stands for the beginning of a range that began before the trace. */
const CUT = -1;
