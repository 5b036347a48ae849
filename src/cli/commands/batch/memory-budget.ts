import { freemem } from "node:os";
import { getHeapStatistics } from "node:v8";
import { TRACE_FORMATS } from "../../../wire/format.js";
import { traceHead } from "./trace-head.js";
import { unpackedLength } from "./unpacked-length.js";

const MB = 1 << 20;
/** What a thread needs for a trace whose bytes it leaves in the file, whatever the size: measured, with some to spare. */
const EACH = 160 * MB;
/** A generation of events is a second or so, at a rate that no program is known to exceed. */
const LARGEST_GENERATION = 256 * MB;
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

  /**
   * How large the JavaScript heap of one thread may grow, in MiB: to all of the budget, but no more than that of this
   * process may, which users set with `--max-old-space-size`.
   */
  get heapMegabytes(): number {
    const heap = Math.max(LEAST_HEAP, this.#bytes / MB);
    return Math.floor(Math.min(heap, getHeapStatistics().heap_size_limit / MB));
  }

  /** Waits until there is memory for a trace. @returns what gives it back */
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
 * The most bytes that a thread should need for a trace. What is gzipped cannot be read again where it is needed: a
 * generation of it is held, or all of it, if it has none (before Go 1.22). The order of those is held too, in no more bytes than the
 * events have.
 */
export async function memoryNeed(path: string): Promise<number> {
  const head = await traceHead(path);
  if (head === undefined) return EACH;
  const { version, isGzip, size } = head;
  // Whoever works on it says why it cannot be read.
  const length = isGzip ? await unpackedLength(path).catch(() => size) : size;
  const isWhole = TRACE_FORMATS.some(({ minor, generation }) => minor === version && generation === 1);
  if (isWhole) return EACH + (isGzip ? 2 : 1) * length;
  return EACH + (isGzip ? Math.min(length, LARGEST_GENERATION) : 0);
}
