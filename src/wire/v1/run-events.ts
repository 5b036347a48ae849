import { ByteCursor } from "../../bytes/byte-cursor.js";
import { EventBounds } from "./event-bounds.js";
import { COUNT_SHIFT, EventForms, LONG_FORM, TYPE_MASK } from "./event-forms.js";
import { wireType } from "./spec.js";
import type { WireRun } from "./trace-reader.js";

const PROC_START = wireType("ProcStart");

/** Place of an event in the data of a run. */
export interface RunEvent {
  readonly type: number;
  readonly start: number;
  readonly end: number;
}

/** The events of a run, in order. */
export function* runEvents({ minor, data }: WireRun): Generator<RunEvent, void, undefined> {
  const bounds = new EventBounds(new EventForms(minor));
  for (let start = 0; start < data.length; ) {
    const end = bounds.endOf(data, start, data.length);
    yield { type: (data[start] as number) & TYPE_MASK, start, end };
    start = end;
  }
}

/** A cursor at the first varint of an event, after its length if it has one. */
export function argumentsOf({ data }: WireRun, start: number, end: number): ByteCursor {
  const cursor = new ByteCursor(data, start + 1, end);
  if ((data[start] as number) >> COUNT_SHIFT === LONG_FORM) cursor.uvarint();
  return cursor;
}

/** The thread in an event, if the event has one. */
export function threadOf(run: WireRun, { type, start, end }: RunEvent): number | undefined {
  if (type !== PROC_START) return undefined;
  const cursor = argumentsOf(run, start, end);
  for (let left = new EventForms(run.minor).leading; left > 0; left--) cursor.uvarint();
  return cursor.uvarint();
}
