/*
 * Blocks of events that the thread that reads a trace shares with the thread that uses them. The reading
 * thread fills blocks and posts a message for a run of several. The other thread releases a run when it has
 * seen its blocks. While no block is free, the reading thread sleeps: so memory does not grow with the trace.
 */

import { BLOCK_BYTES, EventBlock } from "../../event/block.js";

/** So many that a thread seldom waits for the other. */
const BLOCKS = 48;
/** Blocks that are made free at once, as waking the reading thread takes longer than a block. */
const LUMP = BLOCKS / 2;
/** Bytes before the blocks. */
const HEAD = 8;

/** The blocks as one of the two threads sees them. */
export class BlockRing {
  /** Number of blocks released so far, modulo 2³². */
  readonly #released: Int32Array;
  readonly #blocks: readonly EventBlock[];
  /** Blocks that are seen and not free yet. */
  #seen = 0;

  /** @param memory that of the other thread's ring */
  constructor(readonly memory = new SharedArrayBuffer(HEAD + BLOCKS * BLOCK_BYTES)) {
    this.#released = new Int32Array(memory, 0, 1);
    this.#blocks = Array.from({ length: BLOCKS }, (_, i) => new EventBlock(memory, HEAD + i * BLOCK_BYTES));
  }

  /** The n-th block of the trace, from 0. */
  block(n: number): EventBlock {
    return this.#blocks[n % BLOCKS] as EventBlock;
  }

  /** The n-th block, for the reading thread, which sleeps until the block is free. */
  free(n: number): EventBlock {
    for (;;) {
      const released = Atomics.load(this.#released, 0);
      if (((n - released) | 0) < BLOCKS) return this.block(n);
      Atomics.wait(this.#released, 0, released);
    }
  }

  /** Tells that the next blocks are seen. The thread may fill them again. */
  release(count: number): void {
    this.#seen += count;
    if (this.#seen < LUMP) return;
    Atomics.add(this.#released, 0, this.#seen);
    Atomics.notify(this.#released, 0);
    this.#seen = 0;
  }
}
