import { COUNT_SHIFT, LONG_FORM, TYPE_MASK } from "../../wire/v1/event-forms.js";
import { smallVarints } from "../../wire/v1/small-varints.js";
import { wireType } from "../../wire/v1/spec.js";
import type { MergeOrder } from "./merge-order.js";
import type { MergeStates } from "./merge-states.js";
import { NO_GOROUTINE, type StreamCursor } from "./stream-cursor.js";
import { AFTER, BEFORE, SEQUENCE, Sequence, Status } from "./transitions.js";

/** What a frequent event is about. The last two have a goroutine in their first argument. */
const Plain = { No: 0, Apart: 1, Syscall: 2, Stop: 3, End: 4, Start: 5, Other: 6 } as const;

const PLAIN = (() => {
  const plain = new Uint8Array(TYPE_MASK + 1);
  const set = (value: number, names: string) => {
    for (const name of names.split(" ")) plain[wireType(name)] = value;
  };
  set(Plain.Apart, "GCSweepStart GCSweepDone GCMarkAssistStart GCMarkAssistDone HeapAlloc HeapGoal");
  set(Plain.Apart, "UserTaskCreate UserTaskEnd UserRegion");
  set(Plain.Syscall, "GoSysCall");
  set(Plain.Stop, "GoSched GoPreempt GoSleep GoBlock GoBlockSend GoBlockRecv GoBlockSelect");
  set(Plain.Stop, "GoBlockSync GoBlockCond GoBlockNet GoBlockGC");
  set(Plain.End, "GoEnd");
  set(Plain.Start, "GoStart GoStartLocal");
  set(Plain.Other, "GoCreate GoUnblock GoUnblockLocal");
  return plain;
})();

/** The time, a goroutine and a sequence number. */
const values = new Int32Array(3);

/** An event that waits for a goroutine. */
interface Waiting {
  readonly waitsFor: number;
}

/**
 * Takes the next events of a stream as long as they are the earliest and not special. It works for formats
 * since 1.7. It leaves everything else, untouched, to the {@link Merger}: another type, a varint of more than
 * four bytes, an event that another stream waits for, anything that looks wrong. The Merger decides the same
 * for every event, only slower. So this function raises no errors of its own, and skipping it changes
 * nothing.
 *
 * @param bound key of the earliest ready event of all other streams
 * @returns number of events taken
 */
export function mergeFast(
  cursor: StreamCursor,
  states: MergeStates,
  order: MergeOrder,
  bound: number,
  waiting: readonly Waiting[],
): number {
  const { data } = cursor;
  const { bytes, end } = data;
  const { index, status, sequence, syscall } = states;
  const { pages } = index;
  const { blockedSyscalls } = order;
  let { position } = data;
  let { time, carried } = cursor;
  let running = carried === NO_GOROUTINE ? -1 : index.get(carried);
  if (running < 0 && carried !== NO_GOROUTINE) return 0;
  let taken = 0;

  while (position < end) {
    const byte = bytes[position] as number;
    const type = byte & TYPE_MASK;
    const plain = PLAIN[type] as number;
    if (plain === Plain.No) break;
    const tells = SEQUENCE[type] === Sequence.Tell;
    const count = plain < Plain.Start ? 1 : tells ? 3 : 2;
    const form = byte >> COUNT_SHIFT;
    const start = position + (form === LONG_FORM ? 2 : 1);
    let next = smallVarints(bytes, start, count, values);
    if (next < 0) break;
    if (form !== LONG_FORM) {
      for (let left = form + 1 - count; left > 0; left--) while ((bytes[next++] as number) > 0x7f);
    } else {
      const length = bytes[start - 1] as number;
      if (length > 0x7f) break;
      next = start + length;
    }
    const now = time + (values[0] as number);
    if (next > end || now >= bound) break;

    // The goroutine whose status decides, if any.
    let goroutine = carried;
    let slot = running;
    if (plain >= Plain.Start) {
      goroutine = values[1] as number;
      const page = goroutine >>> 10;
      slot = page < pages.length ? ((pages[page] as Int32Array)[goroutine & 1023] as number) - 1 : -1;
      // New goroutines have no slot. Ids far from all others are not in the pages.
      if (slot < 0) slot = index.get(goroutine);
    }
    if (plain >= Plain.Stop) {
      if (plain === Plain.End) {
        if (running < 0) break;
      } else {
        if ((slot < 0 ? Status.Dead : status[slot]) !== BEFORE[type]) break;
        if (tells && values[2] !== sequence[slot]) break;
        if (waiting.length > 0 && isAwaited(waiting, goroutine)) break;
      }
    }

    // The event is taken from here on.
    time = now;
    position = next;
    taken++;
    const context = plain === Plain.Start ? slot : running;
    if (context >= 0) syscall[context] = -1;
    if (plain < Plain.Stop) {
      if (plain === Plain.Apart) continue;
      if (running >= 0) syscall[running] = blockedSyscalls.length;
      blockedSyscalls.push();
      continue;
    }
    if (plain === Plain.End) index.delete(carried);
    else {
      if (slot < 0) slot = states.slot(goroutine);
      states.status[slot] = AFTER[type] as number;
      if (plain >= Plain.Start) states.sequence[slot] = (states.sequence[slot] as number) + 1;
    }
    if (plain === Plain.Start) {
      carried = goroutine;
      running = slot;
    } else if (plain < Plain.Start) {
      carried = NO_GOROUTINE;
      running = -1;
    } else if (states.status !== status) break;
  }

  data.position = position;
  cursor.time = time;
  cursor.carried = carried;
  return taken;
}

/** Whether an event waits for a goroutine. */
export function isAwaited(waiting: readonly Waiting[], goroutine: number): boolean {
  for (const { waitsFor } of waiting) if (waitsFor === goroutine) return true;
  return false;
}
