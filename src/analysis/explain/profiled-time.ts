/** Time that a CPU sample stands for, unless the program set another rate, and how many tell. */
const PERIOD = 10e6;
const TELLING = 5;
/** A thread had a CPU with this share of the samples for its time, and none with that. */
const RAN = 0.5;
const STOOD = 0.1;

/**
 * CPU samples of stretches of time that lie between other samples of the trace: a CPU profile may begin later than the trace, and
 * end earlier.
 */
export class ProfiledTime {
  /** Nanoseconds, and the samples of them. */
  time = 0;
  samples = 0;
  #time = 0;
  #samples = 0;

  /** A stretch that began after a sample has ended. */
  add(time: number, samples: number): void {
    this.#time += time;
    this.#samples += samples;
  }

  /** Another sample comes: what has ended until now was profiled. */
  keep(): void {
    this.time += this.#time;
    this.samples += this.#samples;
    this.#time = 0;
    this.#samples = 0;
  }

  /** Whether a CPU was had; undefined if the samples do not tell. */
  get hadCpu(): boolean | undefined {
    const expected = this.time / PERIOD;
    if (expected < TELLING) return undefined;
    if (this.samples >= RAN * expected) return true;
    return this.samples <= STOOD * expected ? false : undefined;
  }
}
