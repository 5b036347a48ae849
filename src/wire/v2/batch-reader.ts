import { TraceError } from "../../base/errors.js";
import { ByteCursor, MalformedBytes } from "../../bytes/byte-cursor.js";
import type { ChunkReader } from "../../bytes/chunk-reader.js";
import { headerVersion } from "../format.js";
import { TIMED_ARGS } from "./event-decoder.js";
import { LIMITS, wireType } from "./spec.js";

const EVENT_BATCH = wireType("EventBatch");
const EXPERIMENTAL_BATCH = wireType("ExperimentalBatch");
const END_OF_GENERATION = wireType("EndOfGeneration");
/** Type, experiment and four varints of ten bytes. */
const MAX_HEADER = 42;

/** A batch as it stands in the file, undecoded but for its header. */
export interface Batch {
  /** Offset of the batch's first byte in the input. */
  readonly offset: number;
  /** Offset of its data in the input. */
  readonly dataOffset: number;
  /** Generation number; 0 for the end-of-generation mark, which has none. */
  readonly generation: number;
  /** −1 is "no thread". */
  readonly thread: number;
  /** Timestamp of the batch, in ticks. */
  readonly time: number;
  /** The experiment it belongs to; 0 is none. */
  readonly experiment: number;
  /** Bytes of its data; fewer than the header says if the input was cut. */
  readonly length: number;
  /**
   * The data, valid until the next batch is read; of a batch of events only the first byte, if the reader was
   * asked to leave those where they are.
   */
  readonly data: Uint8Array;
  readonly isEndOfGeneration: boolean;
  /** Set if the input ends within the data. */
  readonly cut?: TraceError;
}

/** Cuts the input behind the header into batches. */
export class BatchReader {
  readonly #input: ChunkReader;
  readonly #leaveEvents: boolean;

  /** @param leaveEvents whether the data of event batches is passed over, because it is read from a file later */
  constructor(input: ChunkReader, leaveEvents: boolean) {
    this.#input = input;
    this.#leaveEvents = leaveEvents;
  }

  /** Offset of the next batch. */
  get offset(): number {
    return this.#input.offset;
  }

  /**
   * The next batch, or undefined at the end of the input.
   * @throws TraceError `malformed-batch`, `batch-too-large`, `second-trace`, `truncated` if the input ends in a header, or
   * why the input ends if that is not its own end
   */
  async next(): Promise<Batch | undefined> {
    const input = this.#input;
    const available = await input.need(MAX_HEADER);
    if (available === 0) return this.#end();
    const offset = input.offset;
    const type = input.peek();
    if (type === END_OF_GENERATION) {
      input.skip(1);
      return endOfGeneration(offset);
    }
    const header = new ByteCursor(
      input.buffer,
      input.position,
      input.position + Math.min(available, MAX_HEADER),
    );
    const fields = readHeader(header, offset, input.failure);
    input.skip(header.position - input.position);
    return this.#withData(offset, fields);
  }

  #end(): undefined {
    if (this.#input.failure !== undefined) throw this.#input.failure;
  }

  async #withData(offset: number, { size, ...fields }: HeaderFields): Promise<Batch> {
    const input = this.#input;
    const dataOffset = input.offset;
    const leave = this.#leaveEvents && fields.experiment === 0 && (await this.#isWholeEventBatch(size));
    const length = leave ? size : Math.min(await input.need(size), size);
    const data = input.buffer.subarray(input.position, input.position + (leave ? 1 : length));
    input.skip(length);
    const batch = { ...fields, offset, dataOffset, length, data, isEndOfGeneration: false };
    if (length === size) return batch;
    const message = `the input ends within a batch: ${length} of ${size} bytes are there`;
    return { ...batch, cut: input.failure ?? new TraceError("truncated", message, { offset: input.offset }) };
  }

  /** Whether the data at hand is all there and holds events of a thread's stream. */
  async #isWholeEventBatch(size: number): Promise<boolean> {
    const input = this.#input;
    if (size === 0 || (await input.need(1)) === 0) return false;
    return (TIMED_ARGS[input.peek()] as number) >= 0 && input.reaches(size);
  }
}

interface HeaderFields {
  readonly experiment: number;
  readonly generation: number;
  readonly thread: number;
  readonly time: number;
  readonly size: number;
}

function endOfGeneration(offset: number): Batch {
  const data = new Uint8Array(0);
  const none = { generation: 0, thread: -1, time: 0, experiment: 0, data };
  return { offset, dataOffset: offset + 1, length: 0, ...none, isEndOfGeneration: true };
}

/** @param failure why the input ends, if not by itself */
function readHeader(header: ByteCursor, offset: number, failure: TraceError | undefined): HeaderFields {
  let fields: HeaderFields;
  try {
    fields = parseHeaderFields(header, offset);
  } catch (error) {
    if (!(error instanceof MalformedBytes)) throw error;
    // Fewer bytes than the longest header has are at hand only at the end of the input.
    if (header.remaining === 0)
      throw failure ?? new TraceError("truncated", "the input ends within a batch header", { offset });
    throw new TraceError("malformed-batch", `malformed batch header: ${error.message}`, { offset });
  }
  if (fields.size > LIMITS.batch) {
    const message = `a batch claims ${fields.size} bytes; the most there can be is ${LIMITS.batch}`;
    throw new TraceError("batch-too-large", message, { offset });
  }
  return fields;
}

function parseHeaderFields(header: ByteCursor, offset: number): HeaderFields {
  if (headerVersion(header.bytes.subarray(header.position, header.end)) !== undefined) {
    throw new TraceError("second-trace", "another trace begins after the end of the first", { offset });
  }
  const type = header.byte();
  if (type !== EVENT_BATCH && type !== EXPERIMENTAL_BATCH) {
    throw new TraceError("malformed-batch", `expected a batch, found byte ${type}`, { offset });
  }
  const experiment = type === EXPERIMENTAL_BATCH ? header.byte() : 0;
  const generation = header.uvarint();
  const thread = header.id();
  const time = header.uvarint();
  const size = header.uvarint();
  return { experiment, generation, thread, time, size };
}
