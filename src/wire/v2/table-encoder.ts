import type { ByteWriter } from "../../bytes/writer.js";
import { putId } from "./event-encoder.js";
import { wireType } from "./spec.js";

const STRING = wireType("String");
const STACK = wireType("Stack");
const CPU_SAMPLE = wireType("CPUSample");

/** The bytes that begin the batches of each table. */
export const TABLE_TYPES = {
  strings: wireType("Strings"),
  stacks: wireType("Stacks"),
  samples: wireType("CPUSamples"),
} as const;

/** A frame as the table of stacks has it. */
export interface EncodedFrame {
  readonly pc: bigint;
  /** Ids of strings. */
  readonly func: number;
  readonly file: number;
  readonly line: number;
}

/** Appends a string to a table. @param text at most {@link LIMITS}.string bytes */
export function putString(writer: ByteWriter, id: number, text: Uint8Array): void {
  writer.byte(STRING);
  writer.uvarint(id);
  writer.uvarint(text.length);
  writer.bytes(text);
}

/** Appends a stack to a table. @param frames at most {@link LIMITS}.frames */
export function putStack(writer: ByteWriter, id: number, frames: readonly EncodedFrame[]): void {
  writer.byte(STACK);
  writer.uvarint(id);
  writer.uvarint(frames.length);
  for (const { pc, func, file, line } of frames) {
    writer.bigUvarint(pc);
    writer.uvarint(func);
    writer.uvarint(file);
    writer.uvarint(line);
  }
}

/** Where and when a CPU sample was taken. */
export interface SamplePlace {
  /** In ticks. */
  readonly time: number;
  /** −1 means "none". */
  readonly thread: number;
  readonly proc: number;
  readonly goroutine: number;
}

/** Appends a CPU sample. @param stack id of a stack */
export function putCpuSample(writer: ByteWriter, place: SamplePlace, stack: number): void {
  writer.byte(CPU_SAMPLE);
  writer.uvarint(place.time);
  putId(writer, place.thread);
  putId(writer, place.proc);
  writer.uvarint(Math.max(place.goroutine, 0));
  writer.uvarint(stack);
}
