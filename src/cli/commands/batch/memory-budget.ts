import { freemem } from "node:os";
import { getHeapStatistics } from "node:v8";
import { TRACE_FORMATS } from "../../../wire/format.js";
import { traceHead, unpackedLength } from "./trace-head.js";

const MB = 1 << 20;
/** What a thread needs for a trace that it reads from the file, of any size. Measured, with a margin. */
const EACH = 160 * MB;
/** A generation of about a second at the highest known rate of events. */
const LARGEST_GENERATION = 256 * MB;
/** Megabytes that a thread may always use. */
const LEAST_HEAP = 512;
/** The usable share of the free memory. */
const SHARE = 0.75;

/** Limits the memory of all traces that are converted at the same time. A single trace may always start. */
export class MemoryBudget {
  readonly #bytes: number;
  #used = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** A budget by the free memory of this machine or container. */
  static ofMachine(): MemoryBudget {
    const limit = process.constrainedMemory?.() || Number.POSITIVE_INFINITY;
    return new MemoryBudget(SHARE * Math.min(freemem(), limit));
  }

  /**
   * The largest JavaScript heap of a thread, in MiB: the whole budget, but not more than the heap of this process, which users set with
   * `--max-old-space-size`.
   */
  get heapMegabytes(): number {
    const heap = Math.max(LEAST_HEAP, this.#bytes / MB);
    return Math.floor(Math.min(heap, getHeapStatistics().heap_size_limit / MB));
  }

  /** Waits until there is memory for a trace. @returns a function that gives it back */
  async take(path: string): Promise<() => void> {
    const bytes = await memoryNeed(path);
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

/**
 * The most bytes that a thread should need for a trace. Gzip has no random access: memory holds a generation, or the whole trace before Go
 * 1.22. The order of the latter is also in memory, and takes no more bytes than its events.
 */
export async function memoryNeed(path: string): Promise<number> {
  const head = await traceHead(path);
  if (head === undefined) return EACH;
  const { version, isGzip, size } = head;
  // The conversion reports why it cannot be read.
  const length = isGzip ? await unpackedLength(path).catch(() => size) : size;
  const isWhole = TRACE_FORMATS.some(({ minor, generation }) => minor === version && generation === 1);
  if (isWhole) return EACH + (isGzip ? 2 : 1) * length;
  return EACH + (isGzip ? Math.min(length, LARGEST_GENERATION) : 0);
}
