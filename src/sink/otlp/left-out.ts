import type { Attributes } from "@opentelemetry/api";
import { LEFT_OUT_ATTRIBUTES } from "./attributes.js";
import type { SpanType } from "./span-type.js";

const TYPES = LEFT_OUT_ATTRIBUTES.length;

/** Counts and total times, by type, of spans that are left out within another one. */
export class LeftOut {
  readonly #counts = new Float64Array(TYPES);
  readonly #times = new Float64Array(TYPES);

  /** Adds a span, and those that it has counted itself. */
  add(type: SpanType, time: number, inner: LeftOut | undefined): void {
    this.#sum(type, 1, time);
    if (inner === undefined) return;
    inner.#counts.forEach((count, each) => {
      this.#sum(each, count, inner.#times[each] as number);
    });
  }

  writeTo(attributes: Attributes): void {
    LEFT_OUT_ATTRIBUTES.forEach(({ count, time }, type) => {
      if (this.#counts[type] === 0) return;
      attributes[count] = this.#counts[type] as number;
      attributes[time] = this.#times[type] as number;
    });
  }

  #sum(type: number, count: number, time: number): void {
    this.#counts[type] = (this.#counts[type] as number) + count;
    this.#times[type] = (this.#times[type] as number) + time;
  }
}
