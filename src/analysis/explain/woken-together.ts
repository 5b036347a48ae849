import { NONE } from "../../base/ids.js";

/** What a goroutine wakes at once follows this closely. */
const CLOSE = 10_000;

/** Tells which waits a goroutine ends one right after another, as a broadcast does. */
export class WokenTogether {
  #waker = NONE;
  #place = NONE;
  #time = 0;

  /**
   * A wait ends.
   * @param place number of where it was
   * @returns whether the same goroutine has just ended another wait there
   */
  goesOn(waker: number, place: number, time: number): boolean {
    const goesOn = waker === this.#waker && place === this.#place && time - this.#time <= CLOSE;
    this.#waker = waker;
    this.#place = place;
    this.#time = time;
    return goesOn;
  }
}
