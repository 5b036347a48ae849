/*
 * Reads traces that Go's reader rejects (`salvage`; without it the verdict is Go's).
 *
 * A thread that C created and that calls into Go has a goroutine. Before Go 1.20 no event creates that
 * goroutine. It appears with the end of a system call that has the first sequence number of its life. If the
 * runtime had no P for it, it appears with its start. `findUncreated` looks for such starts only if there is
 * no order otherwise, because a first start usually just waits for the creation. If the program was traced
 * before, sequence numbers continue from there, so the first number is the lowest one seen. The goroutine
 * becomes a `GoCreateSyscall`. From Go 1.20 on, one event creates it and a later one finds it in a system
 * call in the middle of the trace. It becomes a `GoCreateSyscall` too. Go 1.21 omits the end of that system
 * call (`isCallWithoutExit`).
 *
 * If events are missing, an event may wait for one that is not there. It is forced once the other streams are
 * 10 µs past it. Times then keep the events after a lost batch in their place. Forcing only when nothing else
 * is ready would put them at the end.
 *
 * Reading stops after bytes that are not an event: a batch has no length, and its first byte may be part of
 * anything.
 */

import type { TraceError } from "../../base/errors.js";
import type { CpuSample } from "../../wire/v1/trace.js";
import type { MergeOrder } from "./merge-order.js";
import { Merger, type MergerOptions } from "./merger.js";
import { findUncreated, type Uncreated } from "./repair-order.js";
import type { StreamCursor } from "./stream-cursor.js";

/** In nanoseconds. The clocks of processors differ by less. */
const PATIENCE = 10_000;

export interface OrderOptions {
  /** Whether events have a global sequence number. */
  readonly bySequence: boolean;
  /** Whether to skip the fast loop. */
  readonly slow: boolean;
  /** Whether to order what Go's reader rejects too. */
  readonly salvage: boolean;
  /** Whether events may be missing at the end. */
  readonly isCut: boolean;
  readonly nsPerTick: number;
}

export interface FoundOrder {
  readonly order: MergeOrder;
  /** Why Go's runtime cannot have meant this order, if it cannot. */
  readonly fault: TraceError | undefined;
  /** Goroutines of threads created by C. Their first event is the end of a system call, or their start. */
  readonly fromC?: Uncreated | undefined;
}

/**
 * Finds the order of all events.
 *
 * 1. Try the rules of Go's reader.
 * 2. If they give no order, allow goroutines without a creation: threads created by C call into Go.
 * 3. If there is still no order, events are missing. Order the others as close to their times as consistency
 *    allows.
 *
 * @param cursors returns cursors of the streams, before their first events
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
