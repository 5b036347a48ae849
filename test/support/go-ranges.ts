import { numberField, type ParsedEvent, quotedField } from "./go-parsed.js";

/** A range that the runtime tells of, on a goroutine or P, or of the whole program. */
export interface GoRange {
  readonly name: string;
  /** As the text has it: `None`, `Goroutine(7)` or `Proc(2)`. */
  readonly scope: string;
  readonly begin: number;
  readonly end: number;
  readonly stack: string;
}

/**
 * The ranges and metrics of a trace, by a walk over the official text. A range that is under way when it is first
 * mentioned has been so since the trace began; one that is under way at the end ends there.
 */
export class GoRanges {
  readonly ranges: GoRange[] = [];
  /** Values by metric, without those that are the same as the one before. */
  readonly metrics = new Map<string, (readonly [time: number, value: number])[]>();
  readonly #open = new Map<string, GoRange>();
  readonly #start: number;
  #time: number;

  constructor(start: number) {
    this.#start = start;
    this.#time = start;
  }

  event(event: ParsedEvent): void {
    const { kind, time, stack } = event;
    this.#time = time;
    if (kind === "Metric") this.#metric(event);
    if (kind !== "RangeBegin" && kind !== "RangeActive" && kind !== "RangeEnd") return;
    const name = quotedField(event, "Name");
    const scope = / Scope=(\S+)/.exec(event.details)?.[1] ?? "";
    const key = `${name} ${scope}`;
    const open = this.#open.get(key);
    if (kind === "RangeBegin") this.#open.set(key, { name, scope, begin: time, end: Number.NaN, stack });
    else if (kind === "RangeActive" && open === undefined)
      this.#open.set(key, { name, scope, begin: this.#start, end: Number.NaN, stack: "" });
    else if (kind === "RangeEnd") this.#close(key);
  }

  finish(): void {
    for (const key of [...this.#open.keys()]) this.#close(key);
  }

  #close(key: string): void {
    const range = this.#open.get(key);
    if (range !== undefined) this.ranges.push({ ...range, end: this.#time });
    this.#open.delete(key);
  }

  #metric(event: ParsedEvent): void {
    const name = quotedField(event, "Name");
    const values = this.metrics.get(name) ?? [];
    this.metrics.set(name, values);
    const value = numberField(event, "Value");
    if (values.at(-1)?.[1] !== value) values.push([event.time, value]);
  }
}
