/*
 * How traces are read that Go's reader rejects (`salvage`; without it the verdict is Go's).
 *
 * A thread that C made and that calls into Go has a goroutine that no event creates, before Go 1.20. It appears with the end of a system
 * call that has the first sequence number of its life, or with its start, if the runtime had no P for it. `findUncreated` looks for the
 * latter only if there is no order otherwise, since a first start usually just waits for the creation. If the program was traced before,
 * numbers go on from there, so the first is the lowest one seen. The goroutine becomes a `GoCreateSyscall`. From Go 1.20 on it is created
 * and then found in a system call in the middle of the trace, which becomes the same. Go 1.21 omits the end of that system call
 * (`isCallWithoutExit`).
 *
 * Where events are missing, an event that waits while the streams are 10 µs past it waits for something that is not there, and is taken by
 * force. Times then keep the events after a lost batch in their place. Forcing only when nothing else is ready would put them at the end.
 *
 * After bytes that are no event, reading stops: a batch has no length, and its first byte may be part of anything.
 */

import type { TraceError } from "../../base/errors.js";
import type { CpuSample } from "../../wire/v1/trace.js";
import type { MergeOrder } from "./merge-order.js";
import { Merger, type MergerOptions } from "./merger.js";
import { findUncreated, type Uncreated } from "./repair-order.js";
import type { StreamCursor } from "./stream-cursor.js";

/** Clocks of processors differ by less, in nanoseconds. */
const PATIENCE = 10_000;

export interface OrderOptions {
  /** Whether events have a global sequence number. */
  readonly bySequence: boolean;
  /** Whether the fast loop is left out. */
  readonly slow: boolean;
  /** Whether what Go's reader refuses has an order too. */
  readonly salvage: boolean;
  /** Whether events may be missing at the end. */
  readonly isCut: boolean;
  readonly nsPerTick: number;
}

export interface FoundOrder {
  readonly order: MergeOrder;
  /** Why it is not one that Go's runtime can have meant, if it is not. */
  readonly fault: TraceError | undefined;
  /** Goroutines of threads that C made. Their first event is the end of a system call, or their start. */
  readonly fromC?: Uncreated | undefined;
}

/**
 * Finds the order of all events.
 *
 * 1. As Go's reader does it.
 * 2. If there is none, goroutines that are not created anywhere may begin: threads that C made call into Go.
 * 3. If there is none then, events are missing, and the others come as close to their times as they make sense.
 *
 * @param cursors gives those of the streams, before their first events
 */
export async function findOrder(
  cursors: () => StreamCursor[],
  samples: readonly CpuSample[],
  { bySequence, slow, salvage, isCut, nsPerTick }: OrderOptions,
): Promise<FoundOrder> {
  const merge = (options: Partial<MergerOptions>) =>
    new Merger(cursors(), samples, { bySequence, slow, salvages: salvage, ...options }).merge();
  const asGo = await merge({});
  const { fault } = asGo;
  if (fault === undefined || !salvage || fault.code === "malformed-event") return { order: asGo, fault };
  const uncreated = bySequence ? undefined : await findUncreated(cursors);
  if (uncreated !== undefined && uncreated.size > 0) {
    const order = await merge({ uncreated });
    if (order.fault === undefined) return { order, fault: undefined, fromC: isCut ? undefined : uncreated };
  }
  const order = await merge({ uncreated, patience: PATIENCE / nsPerTick });
  return { order, fault: order.fault ?? fault };
}
