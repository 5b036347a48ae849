import type { EventBlock } from "../../src/event/block.js";
import type { Trace } from "../../src/order/trace.js";

interface Waiting {
  readonly resolve: (next: IteratorResult<EventBlock, void>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One reading of a trace for several readers: a block is read when all of them have asked for it. Reading takes as long as
 * most things that are made of a small trace.
 */
export class SharedTrace implements Trace {
  readonly #trace: Trace;
  readonly #blocks: AsyncGenerator<EventBlock, void>;
  #readers: number;
  #waiting: Waiting[] = [];

  /** @param readers how many there are, each of which must {@link leave} in the end */
  constructor(trace: Trace, readers: number) {
    this.#trace = trace;
    this.#blocks = trace.blocks();
    this.#readers = readers;
  }

  get format() {
    return this.#trace.format;
  }

  get diagnostics() {
    return this.#trace.diagnostics;
  }

  get timeBase() {
    return this.#trace.timeBase;
  }

  get bytesRead() {
    return this.#trace.bytesRead;
  }

  get generations() {
    return this.#trace.generations;
  }

  async *blocks(): AsyncGenerator<EventBlock, void> {
    for (let next = await this.#next(); !next.done; next = await this.#next()) yield next.value;
  }

  close(): Promise<void> {
    return this.#trace.close();
  }

  /** A reader wants nothing any more, whether it has read to the end or failed. */
  leave(): void {
    this.#readers--;
    this.#read();
  }

  #next(): Promise<IteratorResult<EventBlock, void>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#read();
    });
  }

  #read(): void {
    if (this.#waiting.length === 0 || this.#waiting.length < this.#readers) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#blocks.next().then(
      (next) => {
        for (const { resolve } of waiting) resolve(next);
      },
      (error: unknown) => {
        for (const { reject } of waiting) reject(error);
      },
    );
  }
}
