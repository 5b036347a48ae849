import { stat } from "node:fs/promises";
import { freemem } from "node:os";

const MB = 1 << 20;
/** What a thread needs for a trace that is read with random access, whatever its size: measured, with some to spare. */
const EACH = 160 * MB;
/** Of a gzipped trace a generation is held, which is no more than this and than the file, as a rule. */
const STREAMED_MOST = 256 * MB;
/** Megabytes that a thread may always try to have. */
const LEAST_HEAP = 512;
/** Part of the free memory that may be used. */
const SHARE = 0.75;

/** How much memory the traces that are worked on at once may need together. One alone may always start. */
export class MemoryBudget {
  readonly #bytes: number;
  #used = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** Of what this machine, or the container, has to spare now. */
  static ofMachine(): MemoryBudget {
    const limit = process.constrainedMemory?.() || Number.POSITIVE_INFINITY;
    return new MemoryBudget(SHARE * Math.min(freemem(), limit));
  }

  /** The same in MiB, for one thread: no less than any ordinary trace needs. */
  get megabytes(): number {
    return Math.max(LEAST_HEAP, Math.floor(this.#bytes / MB));
  }

  /** Waits until there is memory for a trace. @returns what gives it back */
  async take(path: string): Promise<() => void> {
    const bytes = await needOf(path);
    while (this.#used > 0 && this.#used + bytes > this.#bytes) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#used += bytes;
    return () => {
      this.#used -= bytes;
      for (const wake of this.#waiting.splice(0)) wake();
    };
  }
}

/** An estimate by the file's size. One that cannot be read needs nothing. */
async function needOf(path: string): Promise<number> {
  const size = (await stat(path).catch(() => undefined))?.size ?? 0;
  return EACH + (path.endsWith(".gz") ? Math.min(size, STREAMED_MOST) : 0);
}
