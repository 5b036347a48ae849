import { parentPort, workerData } from "node:worker_threads";
import { FileSource } from "../../bytes/file-source.js";
import { unzippedSource } from "../../bytes/gzip-source.js";
import { PeekedSource } from "../../bytes/peeked-source.js";
import type { EventBlock } from "../../event/block.js";
import { openTrace } from "../../order/open.js";
import type { Trace } from "../../order/trace.js";
import { BlockRing } from "./block-ring.js";
import { GenerationParts } from "./generation-parts.js";
import { errorData, type ReadingMessage, type ReadingProgress, type ReadingTask } from "./thread-messages.js";

function post(message: ReadingMessage): void {
  parentPort?.postMessage(message);
}

/** Blocks of a message: so many that it costs nothing beside them. */
const RUN = 8;

/** Reads a trace, and hands its blocks to the other thread. */
async function read({ name, size, descriptor, memory, options }: ReadingTask): Promise<void> {
  post({ type: "loaded" });
  const file = new PeekedSource(FileSource.opened(name, size, descriptor));
  const blocks = new FilledBlocks(new BlockRing(memory));
  const trace = await openTrace(await unzippedSource(file), { ...options, nextBlock: () => blocks.next() });
  let error: unknown;
  try {
    for await (const block of trace.blocks()) blocks.filled(block, trace);
  } catch (cause) {
    error = cause;
  }
  blocks.flush(trace);
  post({
    type: "end",
    progress: progressOf(trace),
    diagnostics: trace.diagnostics.counts(),
    error: error === undefined ? undefined : errorData(error),
  });
}

/** Fills a ring, and posts a message for each run of blocks of one generation. */
class FilledBlocks {
  readonly #ring: BlockRing;
  readonly #parts = new GenerationParts();
  /** Number of blocks filled so far. */
  #count = 0;
  /** The lengths of the last of them, which no message tells yet, and their generation. */
  #lengths: number[] = [];
  #generation: EventBlock["generation"];

  constructor(ring: BlockRing) {
    this.#ring = ring;
  }

  /** The next block to fill: the same until it is filled. */
  next(): EventBlock {
    return this.#ring.free(this.#count);
  }

  filled({ length, generation }: EventBlock, trace: Trace): void {
    if (generation !== this.#generation) this.flush(trace);
    this.#generation = generation;
    this.#lengths.push(length);
    this.#count++;
    if (this.#lengths.length === RUN) this.flush(trace);
  }

  flush(trace: Trace): void {
    if (this.#lengths.length === 0) return;
    const generation = this.#parts.next(this.#generation);
    post({ type: "blocks", lengths: this.#lengths, generation, progress: progressOf(trace) });
    this.#lengths = [];
  }
}

function progressOf({ timeBase, bytesRead, generations }: Trace): ReadingProgress {
  return { timeBase, bytesRead, generations };
}

// Not awaited here: see `run.ts`.
void read(workerData as ReadingTask);
