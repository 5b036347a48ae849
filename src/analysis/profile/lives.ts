import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";
import type { Interner } from "../../base/interner.js";
import { Activity } from "./kinds.js";
import type { OpenIntervals } from "./open-intervals.js";
import { type SampleTable, Tally } from "./sample-table.js";

/** Selects goroutines. The function is "" if unknown. */
export type GoroutineFilter = (goroutine: number, func: string) => boolean;

/** What happens to a goroutine's samples. */
const Fate = { Open: 0, Counted: 1, Dropped: 2 } as const;

/**
 * Decides which samples of a goroutine count, as `go tool trace` does: those from its first run on, or all if it never
 * runs. A goroutine that serves calls from C reuses its id with every call, and the official tool knows only the last
 * one: earlier samples count only if that never ran.
 *
 * So samples wait until the goroutine has run and its start function, which their label has, is known.
 */
export class Lives {
  /** Number of goroutines that pass the filter. */
  selected = 0;
  readonly #functions: Interner;
  readonly #open: OpenIntervals;
  readonly #table: SampleTable;
  readonly #clips: boolean;
  readonly #filter: GoroutineFilter | undefined;
  /** By slot. */
  #fate = new Uint8Array(256);
  #hasRun = new Uint8Array(256);
  #comesAgain = new Uint8Array(256);
  readonly #waiting: (Tally | undefined)[] = [];
  /** By id that may be reused: the samples that count if it is not, and whether the goroutine is selected. */
  readonly #held = new Map<number, { readonly tally: Tally; readonly selected: boolean }>();

  /**
   * @param functions names of start functions
   * @param open the goroutines
   * @param clips whether samples before a goroutine's first run, or its last life, are left out
   */
  constructor(
    functions: Interner,
    open: OpenIntervals,
    table: SampleTable,
    clips: boolean,
    filter: GoroutineFilter | undefined,
  ) {
    this.#functions = functions;
    this.#open = open;
    this.#table = table;
    this.#clips = clips;
    this.#filter = filter;
  }

  /** @param comesAgain whether its id may be reused */
  begin(slot: number, comesAgain: boolean): void {
    if (slot >= this.#fate.length) this.#grow(slot + 1);
    const { func, goroutine: ids } = this.#open;
    const goroutine = ids[slot] as number;
    this.#fate[slot] = Fate.Open;
    this.#hasRun[slot] = 0;
    this.#comesAgain[slot] = comesAgain ? 1 : 0;
    this.#waiting[slot] = this.#held.get(goroutine)?.tally;
    this.#held.delete(goroutine);
    if (func[slot] !== NONE) this.#decide(slot);
  }

  /** Its start function is known. @param comesAgain whether it means that the id may be reused */
  named(slot: number, comesAgain: boolean): void {
    if (comesAgain) this.#comesAgain[slot] = 1;
    this.#decide(slot);
  }

  /** Whether a goroutine's time before a run counts. With clipping, it must have run before. */
  countsBefore(slot: number): boolean {
    return !this.#clips || this.#hasRun[slot] === 1;
  }

  /** The goroutine runs. */
  ran(slot: number): void {
    if (this.#hasRun[slot] === 1) return;
    this.#hasRun[slot] = 1;
    const waiting = this.#waiting[slot];
    if (this.#clips && waiting !== undefined) this.#waiting[slot] = this.#samplesOnly(waiting);
    this.#decide(slot);
  }

  add(slot: number, row: number, count: number, delay: number): void {
    const fate = this.#fate[slot];
    if (fate === Fate.Counted) this.#table.add(row, count, delay);
    else if (fate === Fate.Open) {
      this.#waiting[slot] ??= new Tally();
      this.#waiting[slot]?.add(row, count, delay);
    }
  }

  /** The goroutine ends, or the trace does. */
  end(slot: number): void {
    if (this.#fate[slot] !== Fate.Open) return;
    const selected = this.#select(slot);
    const tally = this.#named(slot);
    this.#waiting[slot] = undefined;
    if (this.#clips && this.#comesAgain[slot] === 1) {
      const id = this.#open.goroutine[slot] as number;
      this.#held.set(id, { tally: tally ?? new Tally(), selected });
    } else if (selected) this.#count(tally);
  }

  /** Ends the pass; every goroutine has ended. */
  finish(): void {
    for (const { tally, selected } of this.#held.values()) if (selected) this.#count(tally);
    this.#held.clear();
  }

  #decide(slot: number): void {
    if (this.#fate[slot] !== Fate.Open || this.#open.func[slot] === NONE) return;
    if (this.#clips && (this.#hasRun[slot] === 0 || this.#comesAgain[slot] === 1)) return;
    const selected = this.#select(slot);
    this.#fate[slot] = selected ? Fate.Counted : Fate.Dropped;
    if (this.#waiting[slot] === undefined) return;
    if (selected) this.#count(this.#named(slot));
    this.#waiting[slot] = undefined;
  }

  #select(slot: number): boolean {
    const { func, goroutine } = this.#open;
    const name = this.#functions.text(func[slot] as number);
    const selected = this.#filter?.(goroutine[slot] as number, name) ?? true;
    if (selected) this.selected++;
    return selected;
  }

  #count(tally: Tally | undefined): void {
    tally?.forEach((row, count, delay) => {
      this.#table.add(row, count, delay);
    });
  }

  /** The waiting samples, with the goroutine's function. */
  #named(slot: number): Tally | undefined {
    const func = this.#open.func[slot] as number;
    const table = this.#table;
    const waiting = this.#waiting[slot];
    if (func === NONE || waiting === undefined) return waiting;
    const named = new Tally();
    waiting.forEach((row, count, delay) => {
      named.add(table.func[row] === NONE ? table.withFunc(row, func) : row, count, delay);
    });
    return named;
  }

  /** CPU samples always count, whenever their goroutine first runs. */
  #samplesOnly(tally: Tally): Tally | undefined {
    let samples: Tally | undefined;
    tally.forEach((row, count, delay) => {
      if (this.#table.activity[row] !== Activity.Sampled) return;
      samples ??= new Tally();
      samples.add(row, count, delay);
    });
    return samples;
  }

  #grow(length: number): void {
    this.#fate = grown(this.#fate, length);
    this.#hasRun = grown(this.#hasRun, length);
    this.#comesAgain = grown(this.#comesAgain, length);
  }
}
