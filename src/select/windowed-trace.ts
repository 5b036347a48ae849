import { checkedNumber } from "../base/checked.js";
import type { EventBlock } from "../event/block.js";
import type { BlockVisitor, PartPlace, Trace } from "../order/trace.js";
import { dropFront, firstAt } from "./columns.js";
import { PartReader } from "./part-reader.js";
import { WrappedTrace } from "./wrapped-trace.js";

/** A stretch of a trace, `from ≤ time < to`, in nanoseconds since its start. */
export interface TimeWindow {
  readonly from: number;
  /** May be infinite. */
  readonly to: number;
}

/** Returns the window. @throws RangeError if it is invalid */
export function checkedWindow({ from, to }: TimeWindow): TimeWindow {
  checkedNumber("from", from);
  if (checkedNumber("to", to) < from) throw new RangeError(`to is not before from: ${to} is before ${from}`);
  return { from, to };
}

/**
 * A stretch of a trace, as its own trace that begins at `from` and ends at `to`: see {@link PartReader}. Its
 * {@link timeBase} is later by `from`. The window from 0 to the end equals the trace, event by event.
 */
export class WindowedTrace extends WrappedTrace {
  readonly #window: TimeWindow;

  /** @throws RangeError for an invalid window */
  constructor(whole: Trace, window: TimeWindow) {
    super(whole);
    this.#window = checkedWindow(window);
  }

  override get timeBase(): number {
    return this.whole.timeBase + this.#window.from;
  }

  override get part(): PartPlace {
    return { from: (this.whole.part?.from ?? 0) + this.#window.from };
  }

  preview(visit: BlockVisitor): void {
    const { from } = this.#window;
    this.whole.preview?.((block) => {
      dropFront(block, firstAt(block, from));
      for (let i = 0; i < block.length; i++) block.time[i] = (block.time[i] as number) - from;
      visit(block);
    });
  }

  /**
   * The events of the window. Call it once.
   * @throws SelectionError if the trace ends before the window begins; TraceError if the trace is cut or
   *   broken in or before the window
   */
  async *blocks(): AsyncGenerator<EventBlock, void, undefined> {
    const { from, to } = this.#window;
    const reader = new PartReader(this.whole, to < Number.POSITIVE_INFINITY);
    yield* reader.part(from, { to, before: () => to }, true);
  }
}
