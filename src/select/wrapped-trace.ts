import type { Diagnostics } from "../base/diagnostics.js";
import type { EventBlock } from "../event/block.js";
import type { Trace } from "../order/trace.js";

/** A part of another trace. Only that trace is read. */
export abstract class WrappedTrace implements Trace {
  constructor(protected readonly whole: Trace) {}

  get format(): Trace["format"] {
    return this.whole.format;
  }

  get diagnostics(): Diagnostics {
    return this.whole.diagnostics;
  }

  get timeBase(): number {
    return this.whole.timeBase;
  }

  get bytesRead(): number {
    return this.whole.bytesRead;
  }

  get part(): Trace["part"] {
    return this.whole.part;
  }

  get generations(): number {
    return this.whole.generations;
  }

  abstract blocks(): AsyncGenerator<EventBlock, void, undefined>;

  close(): Promise<void> {
    return this.whole.close();
  }
}
