import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";
import { Interner } from "../../base/interner.js";
import type { Generation } from "../../event/generation.js";
import type { StackFrame } from "../../event/tables.js";
import { Histogram, type NamedHistogram } from "../histogram.js";
import type { RegionBegin, RegionNameRow, RegionTypeRow } from "./rows.js";
import { type Naming, TimesTable } from "./times-table.js";

/** Factor for a name's index in a number that also holds a stack's index. */
const STACKS = 2 ** 26;

interface RegionType {
  readonly name: string;
  readonly begin: RegionBegin;
  readonly frame: StackFrame | undefined;
}

/** Regions by name and by the frame that began them. */
export class RegionTypes {
  readonly #types: RegionType[] = [];
  readonly #numbers = new Interner();
  readonly #table = new TimesTable();
  readonly #latency: Histogram[] = [];
  #count = new Float64Array(64);
  #inherited = NONE;
  #generation: Generation | undefined;
  /** Numbers by the generation's indices of name and stack. */
  readonly #known = new Map<number, number>();

  enter(generation: Generation | undefined): void {
    if (generation === undefined || generation === this.#generation) return;
    this.#generation = generation;
    this.#known.clear();
  }

  /** The number of a type of regions, by the generation's indices of its name and the stack of its beginning. */
  begun(name: number, stack: number): number {
    const key = name * STACKS + stack;
    let type = this.#known.get(key);
    if (type === undefined) {
      const frame = this.#generation?.stacks.frames(stack)[0];
      type = this.#number(this.#generation?.strings.text(name) ?? "", "begun", frame);
      this.#known.set(key, type);
    }
    return type;
  }

  /** The number of the type of regions that began before the trace. */
  unseen(name: string): number {
    return this.#number(name, "unseen", undefined);
  }

  /** The number of the type of inherited regions. */
  inherited(): number {
    if (this.#inherited === NONE) this.#inherited = this.#number("", "inherited", undefined);
    return this.#inherited;
  }

  name(type: number): string {
    return this.#types[type]?.name ?? "";
  }

  /** A region ends. @param duration −1 unless it is whole */
  add(type: number, times: TimesTable, row: number, duration: number): void {
    this.#count[type] = (this.#count[type] as number) + 1;
    this.#table.accumulate(type, times, row);
    if (duration !== NONE) this.#latency[type]?.add(duration);
  }

  *rows(reason: Naming, range: Naming): Generator<RegionTypeRow> {
    for (const [row, type] of this.#types.entries())
      yield {
        ...type,
        count: this.#count[row] as number,
        ...latencyOf(this.#latency[row] ?? new Histogram()),
        times: this.#table.read(row, reason, range),
      };
  }

  /** By name alone, without inherited ones, in the order of their first end. */
  names(): RegionNameRow[] {
    return this.#byName().map(({ name, count, latency }) => ({ name, count, ...latencyOf(latency) }));
  }

  /** Latencies of whole regions by name, without inherited ones. */
  latencies(): NamedHistogram[] {
    return this.#byName().filter(({ latency }) => latency.count > 0);
  }

  #byName(): (NamedHistogram & { readonly count: number })[] {
    const byName = new Map<string, { count: number; readonly latency: Histogram }>();
    this.#types.forEach(({ name, begin }, row) => {
      const count = this.#count[row] as number;
      if (begin === "inherited" || count === 0) return;
      const sum = byName.get(name) ?? { count: 0, latency: new Histogram() };
      byName.set(name, sum);
      sum.count += count;
      sum.latency.merge(this.#latency[row] ?? new Histogram());
    });
    return [...byName].map(([name, sum]) => ({ name, ...sum }));
  }

  #number(name: string, begin: RegionBegin, frame: StackFrame | undefined): number {
    const key = JSON.stringify([name, begin, frame?.func, frame?.file, frame?.line]);
    const number = this.#numbers.intern(key);
    if (number === this.#types.length) {
      this.#types.push({ name, begin, frame });
      this.#table.ensure(number);
      this.#latency.push(new Histogram());
      if (number >= this.#count.length) this.#count = grown(this.#count, number + 1);
    }
    return number;
  }
}

function latencyOf(histogram: Histogram): Pick<RegionTypeRow, "complete" | "latency"> {
  return { complete: histogram.count, latency: histogram.distribution() };
}
