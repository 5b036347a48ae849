import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { concat, lengthDelimited, ProtoFields, varintField } from "./proto-fields.js";
import { type EnginePort, startEngine } from "./trace-processor-engine.js";

/** A cell of a query's result; 64-bit integers are numbers when that is exact, else bigints. */
export type SqlValue = number | bigint | string | null;

/** A row of Perfetto's `stats` table that speaks of damage. */
export interface TraceProblem {
  readonly name: string;
  readonly idx: number | null;
  readonly severity: "error" | "data_loss";
  readonly value: number | bigint;
  readonly description: string;
}

// Small enough for the engine's request buffer of 32 MiB, so that it never splits a request.
const CHUNK_BYTES = 16 << 20;

// Methods of TraceProcessorRpc.
const APPEND_TRACE_DATA = 1;
const FINALIZE_TRACE_DATA = 2;
const QUERY_STREAMING = 3;

// Fields of TraceProcessorRpc and of the messages in it, by Perfetto's trace_processor.proto.
const STREAM_MSG = 1;
const RPC_REQUEST = 2;
const RPC_FATAL_ERROR = 5;
const RPC_APPEND_DATA = 101;
const RPC_QUERY_ARGS = 103;
const RPC_APPEND_RESULT = 201;
const RPC_QUERY_RESULT = 203;
const RPC_FINALIZE_RESULT = 212;
const QUERY_ARGS_SQL = 1;
const APPEND_RESULT_ERROR = 2;
const FINALIZE_RESULT_ERROR = 1;

/** Perfetto's own trace processor with one trace loaded, in this process. */
export class TraceProcessor {
  #engine: EnginePort | undefined;

  private constructor(engine: EnginePort) {
    this.#engine = engine;
  }

  /**
   * Loads a trace into an engine of its own.
   *
   * @param trace the bytes, or the path of a file; gzipped or not
   * @throws Error when Perfetto refuses the trace
   */
  static async load(trace: Uint8Array | string): Promise<TraceProcessor> {
    const processor = new TraceProcessor(await startEngine());
    for (const chunk of typeof trace === "string" ? fileChunks(trace) : chunks(trace))
      processor.#append(chunk);
    processor.#finalize();
    return processor;
  }

  /**
   * The rows of the last statement that gives any. Statements are separated by semicolons.
   *
   * @throws Error with Perfetto's message when the SQL fails, or when a cell is a blob (select `hex(x)`)
   */
  query<Row = Record<string, SqlValue>>(sql: string): Row[] {
    const args = lengthDelimited(QUERY_ARGS_SQL, new TextEncoder().encode(sql));
    const table = new ResultTable();
    for (const message of this.#call(QUERY_STREAMING, lengthDelimited(RPC_QUERY_ARGS, args))) {
      for (const result of message.messages(RPC_QUERY_RESULT)) table.add(result);
    }
    if (table.error !== "") throw new Error(`${table.error}\nin: ${sql}`);
    return table.rows() as Row[];
  }

  /** What Perfetto found wrong with the trace: the stats of severity error or data_loss that are not zero. */
  problems(): TraceProblem[] {
    return this.query<TraceProblem>(
      `select name, idx, severity, value, description from stats
       where severity in ('error', 'data_loss') and value != 0 order by name, idx`,
    );
  }

  /** Gives the engine's memory back; no query is possible afterwards. */
  close(): void {
    this.#engine = undefined;
  }

  #append(chunk: Uint8Array): void {
    for (const message of this.#call(APPEND_TRACE_DATA, lengthDelimited(RPC_APPEND_DATA, chunk))) {
      for (const result of message.messages(RPC_APPEND_RESULT)) throwIfSet(result, APPEND_RESULT_ERROR);
    }
  }

  #finalize(): void {
    for (const message of this.#call(FINALIZE_TRACE_DATA, new Uint8Array())) {
      for (const result of message.messages(RPC_FINALIZE_RESULT)) throwIfSet(result, FINALIZE_RESULT_ERROR);
    }
  }

  #call(method: number, args: Uint8Array): ProtoFields[] {
    if (this.#engine === undefined) throw new Error("this TraceProcessor is closed");
    const request = concat([varintField(RPC_REQUEST, method), args]);
    const reply = this.#engine.request(lengthDelimited(STREAM_MSG, request));
    const messages = new ProtoFields(reply).messages(STREAM_MSG);
    for (const message of messages) throwIfSet(message, RPC_FATAL_ERROR);
    return messages;
  }
}

function throwIfSet(message: ProtoFields, field: number): void {
  const text = message.string(field);
  if (text !== "") throw new Error(`trace processor: ${text}`);
}

function* chunks(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
}

function* fileChunks(path: string): Generator<Uint8Array> {
  const file = openSync(path, "r");
  try {
    const buffer = new Uint8Array(Math.min(CHUNK_BYTES, fstatSync(file).size));
    for (let n = readSync(file, buffer); n > 0; n = readSync(file, buffer)) yield buffer.subarray(0, n);
  } finally {
    closeSync(file);
  }
}

/** Gathers the parts of a streamed query result. */
class ResultTable {
  error = "";
  readonly #columns: string[] = [];
  readonly #cells: SqlValue[] = [];

  /** Takes a QueryResult: column_names = 1, error = 2, batch = 3. */
  add(result: ProtoFields): void {
    this.#columns.push(...result.strings(1));
    this.error += result.string(2);
    for (const batch of result.messages(3)) this.#addBatch(batch);
  }

  rows(): Record<string, SqlValue>[] {
    const width = this.#columns.length;
    const rows: Record<string, SqlValue>[] = [];
    for (let at = 0; at < this.#cells.length; at += width) {
      rows.push(Object.fromEntries(this.#columns.map((name, i) => [name, this.#cells[at + i] ?? null])));
    }
    return rows;
  }

  /**
   * Takes a CellsBatch: the cells' types = 1, then their values by type, packed varints = 2, packed doubles = 3,
   * blobs = 4, strings = 5 joined by NUL.
   */
  #addBatch(batch: ProtoFields): void {
    const integers = batch.packedIntegers(2);
    const doubles = batch.packedDoubles(3);
    const strings = batch.string(5).split("\0");
    const used = { integers: 0, doubles: 0, strings: 0 };
    for (const type of batch.bytes(1)) {
      if (type === CellType.Null) this.#cells.push(null);
      else if (type === CellType.Varint) this.#cells.push(integers[used.integers++] ?? null);
      else if (type === CellType.Double) this.#cells.push(doubles[used.doubles++] ?? null);
      else if (type === CellType.String) this.#cells.push(strings[used.strings++] ?? null);
      else throw new Error(`a cell of type ${type}: blobs are not read, select hex(x)`);
    }
  }
}

const CellType = { Null: 1, Varint: 2, Double: 3, String: 4 } as const;
