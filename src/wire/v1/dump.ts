import { quotedText } from "../../base/escape.js";
import { decodeUtf8 } from "../../base/utf8.js";
import { ByteCursor } from "../../bytes/byte-cursor.js";
import { STACK, STRING, USER_LOG } from "./event-forms.js";
import { argumentsOf, type RunEvent, runEvents } from "./run-events.js";
import { SINCE_NAMES, type WireEvent, wireArgs, wireEvent } from "./spec.js";
import type { WireRun } from "./trace-reader.js";

/**
 * Prints the events of a run as stored, one per line: the offset in the input, the event's name, and its raw
 * arguments.
 */
export function* runLines(run: WireRun): Generator<string, void, undefined> {
  for (const event of runEvents(run)) yield `${run.offset + event.start} ${eventLine(run, event)}`;
}

function eventLine(run: WireRun, { type, start, end }: RunEvent): string {
  const { name, timed } = wireEvent(type) as WireEvent;
  const { minor, data } = run;
  if (type === STRING) {
    const cursor = new ByteCursor(data, start + 1, end);
    return `${name} id=${cursor.uvarint()} text=${text(cursor)}`;
  }
  const cursor = argumentsOf(run, start, end);
  if (type === STACK) return `${name} id=${cursor.uvarint()} frames=${frames(cursor, minor)}`;
  const parts = [name];
  if (timed && minor < SINCE_NAMES) parts.push(`seq=+${signed(cursor)}`);
  if (timed) parts.push(`dt=${signed(cursor)}`);
  for (const { name, type: arg } of wireArgs(type, minor) ?? [])
    parts.push(`${name}=${arg === "value" ? unsigned(cursor) : signed(cursor)}`);
  if (type === USER_LOG) parts.push(`value=${text(cursor)}`);
  return parts.join(" ");
}

function unsigned(cursor: ByteCursor): string {
  cursor.uvarint();
  return String(cursor.exact());
}

/** A varint as a signed number, so that "none" is −1. */
function signed(cursor: ByteCursor): string {
  cursor.uvarint();
  return String(BigInt.asIntN(64, cursor.exact()));
}

function text(cursor: ByteCursor): string {
  return quotedText(decodeUtf8(cursor.take(cursor.uvarint())));
}

/** Frames as PCs with the ids of functions and files, if there are names. */
function frames(cursor: ByteCursor, minor: number): string {
  const texts: string[] = [];
  // The count is from the file. If it is too high, the data ends and an error follows.
  for (let left = cursor.uvarint(); left > 0; left--) {
    cursor.uvarint();
    const pc = `0x${cursor.exact().toString(16)}`;
    if (minor < SINCE_NAMES) texts.push(pc);
    else texts.push(`${pc}:${cursor.uvarint()}:${cursor.uvarint()}:${cursor.uvarint()}`);
  }
  return texts.join(",");
}
