import { quotedText } from "../../base/escape.js";
import { NONE } from "../../base/ids.js";
import { decodeUtf8 } from "../../base/utf8.js";
import { ByteCursor, MalformedBytes } from "../../bytes/byte-cursor.js";
import type { Batch } from "./batch-reader.js";
import { decodeEvent, RawEvent, TIMED_ARGS } from "./event-decoder.js";
import { type ArgType, wireEvent, wireName, wireType } from "./spec.js";

const STRING = wireType("String");
const STACK = wireType("Stack");

/**
 * Prints a batch as stored: one line for its header and one per event. An event's line has the offset in the
 * input, the event's name, and its raw arguments (ids are not resolved).
 */
export function* batchLines(batch: Batch): Generator<string, void, undefined> {
  if (batch.isEndOfGeneration) {
    yield `${batch.offset} EndOfGeneration`;
    return;
  }
  const { generation, thread, time, length, experiment } = batch;
  const kind = experiment === 0 ? "EventBatch" : `ExperimentalBatch exp=${experiment}`;
  yield `${batch.offset} ${kind} gen=${generation} m=${thread} time=${time} size=${length}`;
  if (experiment === 0) yield* eventLines(batch);
}

function* eventLines(batch: Batch): Generator<string, void, undefined> {
  const { data } = batch;
  const event = new RawEvent();
  for (let position = 0; position < data.length; ) {
    const offset = batch.dataOffset + position;
    try {
      const [text, end] = eventLine(data, position, event);
      yield `${offset} ${text}`;
      position = end;
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error;
      yield `${offset} malformed: ${error.message}`;
      return;
    }
  }
}

/** The text of the event at a position, and the position after it. */
function eventLine(data: Uint8Array, position: number, event: RawEvent): [string, number] {
  const type = data[position] as number;
  if ((TIMED_ARGS[type] as number) < 0) return structuralLine(data, position, type);
  decodeEvent(data, position, data.length, event);
  const cursor = new ByteCursor(data, position + 1, event.end);
  const delta = exact(cursor);
  const args = event.spec.args.map(({ name, type: arg }) => ` ${name}=${exact(cursor, arg)}`);
  return [`${event.spec.name} dt=${delta}${args.join("")}`, event.end];
}

function structuralLine(data: Uint8Array, position: number, type: number): [string, number] {
  const cursor = new ByteCursor(data, position + 1, data.length);
  const spec = wireEvent(type);
  if (spec === undefined) throw new MalformedBytes(`unknown event type ${type}`);
  const name = wireName(type);
  if (type === STRING) {
    const id = cursor.uvarint();
    const text = decodeUtf8(cursor.take(cursor.uvarint()));
    return [`${name} id=${id} text=${quotedText(text)}`, cursor.position];
  }
  if (type === STACK) {
    const id = cursor.uvarint();
    const frames: string[] = [];
    // The count is from the file. If it is too high, the data ends and an error follows.
    for (let left = cursor.uvarint(); left > 0; left--) frames.push(frameText(cursor));
    return [`${name} id=${id} frames=${frames.join(",")}`, cursor.position];
  }
  const args = spec.args.map((arg) => ` ${arg.name}=${exact(cursor, "m")}`);
  return [`${name}${args.join("")}`, cursor.position];
}

/** A number in full precision; −1 for an id that means "none". */
function exact(cursor: ByteCursor, type: ArgType = "value"): string {
  const value = type === "m" || type === "task" ? cursor.id() : cursor.uvarint();
  return value === NONE ? "-1" : String(cursor.exact());
}

/** A frame as its PC with the ids of its function and file. */
function frameText(cursor: ByteCursor): string {
  cursor.uvarint();
  const pc = cursor.exact().toString(16);
  return `0x${pc}:${cursor.uvarint()}:${cursor.uvarint()}:${cursor.uvarint()}`;
}
