import { freemem } from "node:os";
import { getHeapStatistics } from "node:v8";
import { TRACE_FORMATS } from "../../../wire/format.js";
import { traceHead, unpackedLength } from "./trace-head.js";

const MB = 1 << 20;
/** Memory of a thread for a trace in an uncompressed file, of any size. Measured, with a margin. */
const EACH = 160 * MB;
/** A generation of about a second at the highest known rate of events. */
const LARGEST_GENERATION = 256 * MB;
/** Megabytes that a thread may always use. */
const LEAST_HEAP = 512;
/** The share of the free memory to use. */
const SHARE = 0.75;

/** Limits the memory of all concurrent conversions. A single trace may always start. */
export class MemoryBudget {
  readonly #bytes: number;
  #used = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** A budget based on the free memory of this machine or container. */
  static ofMachine(): MemoryBudget {
    const limit = process.constrainedMemory?.() || Number.POSITIVE_INFINITY;
    return new MemoryBudget(SHARE * Math.min(freemem(), limit));
  }

  /**
   * The largest JavaScript heap of a thread, in MiB: the whole budget, but at most the heap of this process,
   * which users set with `--max-old-space-size`.
   */
  get heapMegabytes(): number {
    const heap = Math.max(LEAST_HEAP, this.#bytes / MB);
    return Math.floor(Math.min(heap, getHeapStatistics().heap_size_limit / MB));
  }

  /** Waits until there is memory for a trace. @returns a function that releases it */
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
 * The most bytes that a thread should need for a trace. Gzip has no random access, so memory holds a
 * generation, or before Go 1.22 the whole trace. Before Go 1.22 memory also holds the order, which takes no
 * more bytes than the events.
 */
export async function memoryNeed(path: string): Promise<number> {
  const head = await traceHead(path);
  if (head === undefined) return EACH;
  const { version, isGzip, size } = head;
  // If it cannot be read, the conversion reports why.
  const length = isGzip ? await unpackedLength(path).catch(() => size) : size;
  const isWhole = TRACE_FORMATS.some(({ minor, generation }) => minor === version && generation === 1);
  if (isWhole) return EACH + (isGzip ? 2 : 1) * length;
  return EACH + (isGzip ? Math.min(length, LARGEST_GENERATION) : 0);
}
