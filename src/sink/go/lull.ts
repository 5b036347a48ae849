/** Stops that are remembered. More in one nanosecond after another are as good as unheard of. */
const ROOM = 16;

/**
 * The last nanoseconds that no event has, and what stopped since. The status of what has not stopped since can still be
 * written there, without making the events that follow later.
 */
export class Lull {
  #from = 0;
  #to = -1;
  readonly #stopped = new Float64Array(ROOM);
  #stops = 0;

  /** Another lull: the nanoseconds from one time to another, both included. */
  begin(from: number, to: number): void {
    this.#from = from;
    this.#to = to;
    this.#stops = 0;
  }

  /** No nanosecond is left. */
  end(): void {
    this.begin(0, -1);
  }

  /** Something stops, without a number that tells when. @param id {@link procKey} of a P, or a goroutine */
  stop(id: number): void {
    if (this.#stops === ROOM) this.end();
    else this.#stopped[this.#stops++] = id;
  }

  /**
   * Takes a nanosecond for a status.
   * @param id as for {@link stop}
   * @param after the status must be later
   * @returns the time, or −1 if there is none
   */
  take(id: number, after: number): number {
    if (this.#from > this.#to || this.#to <= after) return -1;
    for (let i = 0; i < this.#stops; i++) if (this.#stopped[i] === id) return -1;
    const time = Math.max(this.#from, after + 1);
    this.#from = time + 1;
    return time;
  }
}

/** The number of a P where goroutines have theirs. */
export function procKey(proc: number): number {
  return -1 - proc;
}
