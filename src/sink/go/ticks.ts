import type { ClockSnapshot, Generation } from "../../event/generation.js";

/** Attempts to begin a batch at a time: more than the ticks after which times repeat for usual frequencies. */
const TRIES = 64;

/**
 * The unit of a generation's timestamps. Readers multiply a number of ticks by its length and truncate, for the time of a
 * batch and for the difference between two events of it. So not every time has ticks, unless they are nanoseconds.
 */
export class Ticks {
  /** Ticks per second. */
  readonly frequency: number;
  readonly #perNs: number;

  private constructor(private readonly length: number) {
    this.#perNs = 1 / length;
    this.frequency = Math.round(1e9 / length);
  }

  /** Nanoseconds: every time has ticks. */
  static readonly NANOSECONDS = new Ticks(1);

  /** The ticks of a generation of a trace, if all that begins it has ticks; else nanoseconds. */
  static of({ nsPerTick, threads }: Generation, start: number, clock: ClockSnapshot | undefined): Ticks {
    const ticks = new Ticks(nsPerTick);
    const isStored = nsPerTick > 1 && 1 / (ticks.frequency / 1e9) === nsPerTick && threads !== undefined;
    const isExact =
      isStored &&
      ticks.exactly(start) >= 0 &&
      (clock === undefined || (clock.trace >= start && ticks.exactly(clock.trace) >= 0));
    return isExact ? ticks : Ticks.NANOSECONDS;
  }

  /** The ticks of some nanoseconds; −1 if there are none. */
  exactly(ns: number): number {
    const ticks = Math.ceil(ns * this.#perNs);
    if (Math.trunc(ticks * this.length) === ns) return ticks;
    // The product above is rounded.
    return Math.trunc((ticks - 1) * this.length) === ns ? ticks - 1 : -1;
  }

  /** The most ticks that are not more than some nanoseconds. */
  within(ns: number): number {
    let ticks = Math.ceil((ns + 1) * this.#perNs);
    while (this.ns(ticks) > ns) ticks--;
    return ticks;
  }

  /** The nanoseconds that readers make of ticks. */
  ns(ticks: number): number {
    return Math.trunc(ticks * this.length);
  }

  /**
   * The ticks of a batch whose first event is at a time.
   * @param least the ticks must not be less
   * @returns −1 if no batch can begin so
   */
  begin(time: number, least: number): number {
    let ticks = this.within(time);
    for (let i = 0; i < TRIES && ticks >= least; i++, ticks--)
      if (this.exactly(time - this.ns(ticks)) >= 0) return ticks;
    return -1;
  }
}
