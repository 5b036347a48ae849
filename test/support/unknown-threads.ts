import { NONE } from "../../src/base/ids.js";
import type { EventBlock } from "../../src/event/block.js";
import type { BlockVisitor, Trace } from "../../src/order/trace.js";
import { WrappedTrace } from "../../src/select/wrapped-trace.js";

/** A trace that does not tell the threads of some events, as it may be before Go 1.22. */
export class WithUnknownThreads extends WrappedTrace {
  readonly #isUnknown: (block: EventBlock, event: number) => boolean;

  constructor(whole: Trace, isUnknown: (block: EventBlock, event: number) => boolean) {
    super(whole);
    this.#isUnknown = isUnknown;
  }

  preview(visit: BlockVisitor): void {
    this.whole.preview?.((block) => visit(this.#changed(block)));
  }

  override async *blocks(): AsyncGenerator<EventBlock, void, undefined> {
    for await (const block of this.whole.blocks()) yield this.#changed(block);
  }

  #changed(block: EventBlock): EventBlock {
    for (let i = 0; i < block.length; i++) if (this.#isUnknown(block, i)) block.thread[i] = NONE;
    return block;
  }
}
