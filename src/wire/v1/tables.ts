import { TraceError } from "../../base/errors.js";
import type { ByteCursor } from "../../bytes/byte-cursor.js";
import type { WireFrame } from "../stack-table.js";
import {
  COUNT_SHIFT,
  CPU_SAMPLE,
  type EventForms,
  FREQUENCY,
  LONG_FORM,
  STACK,
  STRING,
  TIMER_GOROUTINE,
  TYPE_MASK,
} from "./event-forms.js";
import { LIMITS } from "./spec.js";
import type { WireTrace } from "./trace.js";

/**
 * Adds the contents of a structural event, which is not in a P's stream, to a trace.
 * @param data all bytes of the event
 * @param offset of its first byte in the input
 * @throws TraceError `malformed-table` or `no-frequency`; MalformedBytes if the event ends within an argument
 */
export function readStructural(data: ByteCursor, trace: WireTrace, forms: EventForms, offset: number): void {
  const byte = data.byte();
  const type = byte & TYPE_MASK;
  if (type === STRING) {
    readString(data, trace);
    return;
  }
  if (byte >> COUNT_SHIFT === LONG_FORM) data.uvarint();
  if (type === STACK) readStack(data, trace, forms.hasSequence);
  else if (type === FREQUENCY) readFrequency(data, trace);
  else if (type === TIMER_GOROUTINE) trace.timers.add(data.uvarint());
  else if (type === CPU_SAMPLE) readSample(data, trace, offset);
}

function readString(data: ByteCursor, { strings }: WireTrace): void {
  const id = data.uvarint();
  if (id === 0) throw new TraceError("malformed-table", "a string with the id 0, which is the empty one");
  const length = data.uvarint();
  if (length === 0) throw new TraceError("malformed-table", `string ${id} is empty`);
  if (!strings.add(id, data.bytes, data.skip(length), length))
    throw new TraceError("malformed-table", `two strings with the id ${id}`);
}

function readStack(data: ByteCursor, { stacks }: WireTrace, onlyPcs: boolean): void {
  const id = data.uvarint();
  const count = data.uvarint();
  if (count > LIMITS.frames) {
    const message = `a stack of ${count} frames; the most there can be is ${LIMITS.frames}`;
    throw new TraceError("malformed-table", message);
  }
  const frames: WireFrame[] = [];
  for (let i = 0; i < count; i++) frames.push(onlyPcs ? stacks.unnamedFrame(data) : stacks.frame(data));
  if (data.remaining > 0) throw new TraceError("malformed-table", `more than the ${count} frames of a stack`);
  // Only damage makes several stacks with the same id. The first one counts.
  if (id !== 0 && count > 0) stacks.add(id, frames);
}

function readFrequency(data: ByteCursor, trace: WireTrace): void {
  const frequency = data.uvarint();
  // If the clocks of processors differ wildly, the runtime measures nonsense, even negative values.
  if (frequency === 0 || frequency >= 2 ** 63)
    throw new TraceError("no-frequency", "the clock's frequency is not above 0");
  trace.frequency = frequency;
}

function readSample(data: ByteCursor, { samples }: WireTrace, offset: number): void {
  data.uvarint();
  const time = data.uvarint();
  const proc = data.id();
  const goroutine = data.uvarint();
  samples.push({ offset, time, proc, goroutine, stack: data.uvarint() });
}
