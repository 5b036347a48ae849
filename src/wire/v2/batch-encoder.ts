import type { ByteWriter } from "../../bytes/writer.js";
import { HEADER_LENGTH } from "../format.js";
import { END_OF_GENERATION } from "./batch-header.js";
import { putId } from "./event-encoder.js";
import { wireType } from "./spec.js";

const EVENT_BATCH = wireType("EventBatch");
const EXPERIMENTAL_BATCH = wireType("ExperimentalBatch");
const SYNC = wireType("Sync");
const FREQUENCY = wireType("Frequency");
const CLOCK_SNAPSHOT = wireType("ClockSnapshot");

/** The first formats whose sync batches begin with a byte of their own, and whose generations end with a mark. */
const FIRST_WITH_SYNC = 25;
const FIRST_WITH_MARKS = 26;
const BILLION = 1_000_000_000n;

/** Where a batch belongs. */
export interface BatchPlace {
  readonly generation: number;
  /** −1 means "no thread". */
  readonly thread: number;
  /** In ticks. */
  readonly time: number;
}

/** Appends the header of a trace. @param minor the N of `go 1.N trace` */
export function putFormat(writer: ByteWriter, minor: number): void {
  const header = new Uint8Array(HEADER_LENGTH);
  header.set(new TextEncoder().encode(`go 1.${minor} trace`));
  writer.bytes(header);
}

/** Appends a batch. @param data at most {@link LIMITS}.batch bytes */
export function putBatch(writer: ByteWriter, place: BatchPlace, data: Uint8Array): void {
  writer.byte(EVENT_BATCH);
  putRest(writer, place, data);
}

/** Appends a batch of an experiment. */
export function putExperimentalBatch(
  writer: ByteWriter,
  experiment: number,
  place: BatchPlace,
  data: Uint8Array,
): void {
  writer.byte(EXPERIMENTAL_BATCH);
  writer.byte(experiment);
  putRest(writer, place, data);
}

function putRest(writer: ByteWriter, { generation, thread, time }: BatchPlace, data: Uint8Array): void {
  writer.uvarint(generation);
  putId(writer, thread);
  writer.uvarint(time);
  writer.uvarint(data.length);
  writer.bytes(data);
}

/** A reading of the system's clocks, in nanoseconds. */
export interface ClockReading {
  /** Ticks since the time of the sync batch. */
  readonly delta: number;
  readonly mono: number;
  readonly wall: bigint;
}

/**
 * Appends the data of a sync batch in the format of a release.
 * @param frequency ticks per second
 * @param clock formats before Go 1.25 have none
 */
export function putSync(writer: ByteWriter, minor: number, frequency: number, clock: ClockReading): void {
  if (minor >= FIRST_WITH_SYNC) writer.byte(SYNC);
  writer.byte(FREQUENCY);
  writer.uvarint(frequency);
  if (minor < FIRST_WITH_SYNC) return;
  writer.byte(CLOCK_SNAPSHOT);
  writer.uvarint(clock.delta);
  writer.uvarint(clock.mono);
  writer.bigUvarint(clock.wall / BILLION);
  writer.bigUvarint(clock.wall % BILLION);
}

/** Appends the mark that ends a generation, if the format has one. */
export function putEndOfGeneration(writer: ByteWriter, minor: number): void {
  if (minor >= FIRST_WITH_MARKS) writer.byte(END_OF_GENERATION);
}
