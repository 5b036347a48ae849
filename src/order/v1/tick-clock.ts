import { TraceError } from "../../base/errors.js";
import { MalformedBytes } from "../../bytes/byte-cursor.js";

/** The time of the first event: the sync event before it, with which the trace starts, is a nanosecond earlier. */
export const FIRST_TIME = 1;
/** The latest time that an event can have, in nanoseconds since the start: 52 days. Only damage makes later ones. */
export const LATEST_TIME = 2 ** 52;

/** Turns ticks, which do not decrease, into nanoseconds since the start of the trace. */
export class TickClock {
  /** Those of the last event that was given out. */
  last = Number.NEGATIVE_INFINITY;

  /** @param first ticks of the first event */
  constructor(
    readonly first: number,
    readonly nsPerTick: number,
  ) {}

  /** Whether ticks are a time that an event can have now. */
  isTime(ticks: number): boolean {
    return ticks >= this.last && this.#nsOf(ticks) <= LATEST_TIME;
  }

  /** @throws TraceError, MalformedBytes if no trace lasts so long */
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
