import { TraceError } from "../../base/errors.js";
import { MalformedBytes } from "../../bytes/byte-cursor.js";

/** The time of the first event. The sync event that begins the trace is a nanosecond earlier. */
export const FIRST_TIME = 1;
/** The latest time that an event can have, in nanoseconds since the start: 52 days. Only damage makes later ones. */
export const LATEST_TIME = 2 ** 52;

/** Converts ticks, which do not decrease, to nanoseconds since the start of the trace. */
export class TickClock {
  /** Ticks of the last emitted event. */
  last = Number.NEGATIVE_INFINITY;

  /** @param first ticks of the first event */
  constructor(
    readonly first: number,
    readonly nsPerTick: number,
  ) {}

  /** Whether an event can have this time now. */
  isTime(ticks: number): boolean {
    return ticks >= this.last && this.#nsOf(ticks) <= LATEST_TIME;
  }

  /** @throws TraceError, MalformedBytes if the time is longer than any trace */
  timeOf(ticks: number): number {
    if (ticks < this.last) throw new TraceError("wrong-time", "the event is earlier than one that led to it");
    this.last = ticks;
    const time = this.#nsOf(ticks);
    if (!(time <= LATEST_TIME)) throw new MalformedBytes("its time is later than any trace can be");
    return time;
  }
  #nsOf(ticks: number): number {
    return FIRST_TIME + Math.trunc((ticks - this.first) * this.nsPerTick);
  }
}
