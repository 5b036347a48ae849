import { breathe, isBreathDue } from "../../base/breather.js";
import { TraceError } from "../../base/errors.js";
import { counted } from "../../base/grouped.js";
import type { ChunkReader } from "../../bytes/chunk-reader.js";
import { type BatchHeader, END_OF_GENERATION, MAX_HEADER, readHeader } from "./batch-header.js";
import { BatchSearch, isTimeAfter, JUDGED, type Known } from "./batch-search.js";
import { TIMED_ARGS } from "./event-decoder.js";

/** A batch as stored, with its header decoded. */
export interface Batch {
  /** Offset of the batch's first byte in the input. */
  readonly offset: number;
  /** Offset of its data in the input. */
  readonly dataOffset: number;
  /** Generation number; 0 for the end-of-generation mark, which has no number. */
  readonly generation: number;
  /** −1 means "no thread". */
  readonly thread: number;
  /** Timestamp of the batch, in ticks. */
  readonly time: number;
  /** The experiment of the batch; 0 means none. */
  readonly experiment: number;
  /** Bytes of its data. If the input was cut, it is less than the header states. */
  readonly length: number;
  /**
   * The data, valid until the next batch is read. For an event batch, only the first byte if `leaveEvents` is
   * set.
   */
  readonly data: Uint8Array;
  readonly isEndOfGeneration: boolean;
  /** Set if the input ends within the data. */
  readonly cut?: TraceError;
}

/** How batches are read. */
export interface BatchReaderOptions {
  /** Whether to skip the data of event batches, because it is read from a file later. */
  readonly leaveEvents: boolean;
  /** The format, by the N of its header `go 1.N trace`. */
  readonly minor: number;
  /**
   * Receives the number of skipped bytes and the error there: bytes outside batches, or a damaged batch.
   * Reading continues with the next plausible batch. Without this callback such bytes are an error.
   */
  readonly skipped?: (bytes: number, error: TraceError) => void;
}

/** The first format whose generations end with a mark. */
const FIRST_WITH_MARKS = 26;
/** Bytes to search for a batch at a time, besides those that must be available after them. */
const SEARCHED = 1 << 16;

/** Divides the input after the header into batches. */
export class BatchReader {
  readonly #input: ChunkReader;
  readonly #options: BatchReaderOptions;
  readonly #search: BatchSearch;
  /** What is known from the last batch. */
  #known: Known = { generation: 0, time: 0 };
  /** Length of a whole batch that does not fit its neighbours and cannot be used. */
  #unfit = 0;

  constructor(input: ChunkReader, options: BatchReaderOptions) {
    this.#input = input;
    this.#options = options;
    this.#search = new BatchSearch(options.minor >= FIRST_WITH_MARKS);
  }

  /** Offset of the next batch. */
  get offset(): number {
    return this.#input.offset;
  }

  /**
   * The next batch, or undefined at the end of the input.
   * @throws TraceError `malformed-batch` or `batch-too-large` if such bytes are not skipped; `second-trace`;
   *   `truncated` if the input ends in a header; the reason for the end if the input was cut
   */
  async next(): Promise<Batch | undefined> {
    for (;;) {
      const available = await this.#input.need(MAX_HEADER);
      if (available === 0) return this.#end();
      try {
        return await this.#read();
      } catch (error) {
        if (!this.#isSkippable(error)) throw error;
        await this.#skipTo(error);
      }
    }
  }

  #end(): undefined {
    if (this.#input.failure !== undefined) throw this.#input.failure;
  }

  async #read(): Promise<Batch> {
    const input = this.#input;
    const { offset } = input;
    if (input.peek() === END_OF_GENERATION && this.#mayBeMark) {
      input.skip(1);
      return endOfGeneration(offset);
    }
    const header = readHeader(input.buffer, input.position, input.end, offset, input.failure);
    const size = await this.#checkedSize(header);
    // A damaged header may have a damaged time too.
    const { generation } = header;
    const isNear = this.#known.time === 0 || isTimeAfter(this.#known.time, header.time);
    this.#known = { generation, time: isNear ? header.time : this.#known.time };
    input.skip(header.length);
    return this.#withData(offset, header, size);
  }

  /**
   * Whether marks can end generations. Without salvage, a mark in an old format is also read as one; its
   * generation does not expect it.
   */
  get #mayBeMark(): boolean {
    return this.#options.minor >= FIRST_WITH_MARKS || this.#options.skipped === undefined;
  }

  /** What is at a distance in bytes after the current position. */
  async #at(distance: number): Promise<ReturnType<BatchSearch["at"]>> {
    const bytes = await this.#input.peekAt(distance, MAX_HEADER);
    return this.#search.at(bytes, 0, bytes.length);
  }

  /**
   * The length of the batch's data. It is less than the header states if another batch begins within it.
   * @throws TraceError if the batch does not fit its neighbours
   */
  async #checkedSize(header: BatchHeader): Promise<number> {
    const { skipped } = this.#options;
    const { size, generation } = header;
    if (skipped === undefined) return size;
    const { offset } = this.#input;
    const behind = await this.#at(header.length + size);
    if (!this.#search.fits(header, behind, this.#known.generation)) {
      const message =
        this.#known.generation === 0
          ? `a batch of generation ${generation} stands where the trace begins`
          : `a batch of generation ${generation} stands within generation ${this.#known.generation}`;
      // A whole batch of an earlier generation.
      if (typeof behind === "object" && behind.generation === generation) this.#unfit = header.length + size;
      throw new TraceError("interleaved-generations", message, { offset });
    }
    if (behind !== undefined) return size;
    const inner = await this.#find(header.length, header.length + size, header);
    if (inner < 0) return size;
    const left = inner - header.length;
    const message = `a batch claims ${counted(size, "byte")}, but the next one begins after ${left}`;
    skipped(0, new TraceError("malformed-batch", message, { offset }));
    return left;
  }

  #isSkippable(error: unknown): error is TraceError {
    if (this.#options.skipped === undefined || !(error instanceof TraceError)) return false;
    return ["malformed-batch", "batch-too-large", "interleaved-generations"].includes(error.code);
  }

  /** Skips bytes up to the next plausible batch, or the end of the input. */
  async #skipTo(error: TraceError): Promise<void> {
    const input = this.#input;
    const start = input.offset;
    if (this.#unfit > 0) {
      await input.need(this.#unfit);
      input.skip(this.#unfit);
      this.#unfit = 0;
      this.#options.skipped?.(input.offset - start, error);
      return;
    }
    let from = 1;
    for (;;) {
      const available = await input.need(SEARCHED + JUDGED);
      const isLast = available < SEARCHED + JUDGED;
      const to = isLast ? available : SEARCHED;
      const found = this.#search.find(
        input.buffer,
        input.position + Math.min(from, to),
        input.position + to,
        input.position + available,
        this.#known,
      );
      input.skip(found < 0 ? to : found - input.position);
      if (found >= 0 || isLast) break;
      from = 0;
      if (isBreathDue()) await breathe();
    }
    this.#options.skipped?.(input.offset - start, error);
  }

  /** Distance of the first batch in a range of distances from the current position, −1 if there is none. */
  async #find(from: number, to: number, known: Known): Promise<number> {
    const input = this.#input;
    const available = await input.need(to + JUDGED);
    const { buffer, position } = input;
    const end = Math.min(to, available);
    const found = this.#search.find(buffer, position + from, position + end, position + available, known);
    return found < 0 ? found : found - position;
  }

  async #withData(offset: number, header: BatchHeader, size: number): Promise<Batch> {
    const input = this.#input;
    const { experiment, generation, thread, time } = header;
    const dataOffset = input.offset;
    const leave = this.#options.leaveEvents && experiment === 0 && (await this.#isWholeEventBatch(size));
    const length = leave ? size : Math.min(await input.need(size), size);
    const data = input.buffer.subarray(input.position, input.position + (leave ? 1 : length));
    input.skip(length);
    const fields = { experiment, generation, thread, time };
    const batch = { ...fields, offset, dataOffset, length, data, isEndOfGeneration: false };
    if (length === size) return batch;
    const message = `the input ends within a batch: ${length} of ${size} bytes are there`;
    return { ...batch, cut: input.failure ?? new TraceError("truncated", message, { offset: input.offset }) };
  }

  /** Whether all the data is available and holds events of a thread's stream. */
  async #isWholeEventBatch(size: number): Promise<boolean> {
    const input = this.#input;
    if (size === 0 || (await input.need(1)) === 0) return false;
    return (TIMED_ARGS[input.peek()] as number) >= 0 && input.reaches(size);
  }
}

function endOfGeneration(offset: number): Batch {
  const data = new Uint8Array(0);
  const none = { generation: 0, thread: -1, time: 0, experiment: 0, data };
  return { offset, dataOffset: offset + 1, length: 0, ...none, isEndOfGeneration: true };
}
