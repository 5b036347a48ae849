import type { EventBlock } from "../event/block.js";
import type { PartPlace, Trace } from "../order/trace.js";
import type { TracePart } from "./find-selection.js";
import { type PartEnd, PartReader } from "./part-reader.js";
import { SelectedTrace } from "./selected-trace.js";
import { checkedWindow, type TimeWindow } from "./windowed-trace.js";
import { WrappedTrace } from "./wrapped-trace.js";

/** What to split, and where. A part ends at the first of these limits. */
export interface SplitOptions extends TracePart {
  /** Parts end at multiples of this since the start of the trace, in nanoseconds. */
  readonly step?: number | undefined;
  /**
   * Whether the current part is full. Called before every block of the part except the first.
   * @param events of the trace in the part so far, selected or not
   */
  readonly isFull?: ((events: number) => boolean) | undefined;
}

const WHOLE: TimeWindow = { from: 0, to: Number.POSITIVE_INFINITY };

/**
 * Reads a trace once, as consecutive parts that are traces of their own. Each equals the result of
 * {@link partOf} for its window. Read all events of a part before you request the next part; otherwise there
 * is no next part. A stretch without events belongs to the part before it.
 *
 * Errors come from the parts' blocks. A part that ends with an error is the last.
 * @throws RangeError, when the first part is requested, for an invalid window or step
 */
export async function* splitTrace(
  whole: Trace,
  { window = WHOLE, selection, step, isFull }: SplitOptions,
): AsyncGenerator<Trace, void, undefined> {
  if (step !== undefined && !(step > 0)) throw new RangeError(`step is a number above 0, not ${step}`);
  let { from } = checkedWindow(window);
  const reader = new PartReader(whole, true);
  try {
    for (let number = 1; !reader.isDone; number++) {
      const part = new SplitPart(whole, reader, from, number, new Cuts(from, window.to, step, isFull));
      yield selection === undefined ? part : new SelectedTrace(part, selection);
      if (!(reader.position > from)) return;
      from = reader.position;
    }
  } finally {
    await reader.close();
  }
}

/** One of the parts. */
class SplitPart extends WrappedTrace {
  constructor(
    whole: Trace,
    readonly reader: PartReader,
    readonly from: number,
    readonly number: number,
    readonly end: PartEnd,
  ) {
    super(whole);
  }

  override get timeBase(): number {
    return this.whole.timeBase + this.from;
  }

  override get part(): PartPlace {
    return { from: (this.whole.part?.from ?? 0) + this.from, number: this.number };
  }

  async *blocks(): AsyncGenerator<EventBlock, void, undefined> {
    yield* this.reader.part(this.from, this.end);
  }
}

/** Where a part that begins at `from` ends. */
class Cuts implements PartEnd {
  /** The first multiple of the step at which the part can end. */
  readonly #next: number;

  constructor(
    from: number,
    readonly to: number,
    readonly step = Number.POSITIVE_INFINITY,
    readonly isFull: (events: number) => boolean = () => false,
  ) {
    this.#next = step === Number.POSITIVE_INFINITY ? step : (Math.floor(from / step) + 1) * step;
  }

  before(time: number, events: number): number {
    if (events > 0 && this.isFull(events)) return Math.min(time, this.to);
    if (time < this.#next) return Math.min(this.#next, this.to);
    return Math.min(Math.floor(time / this.step) * this.step, this.to);
  }
}
