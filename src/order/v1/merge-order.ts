import type { TraceError } from "../../base/errors.js";

/** Entries of a piece of a list: lists grow without copying. */
const PIECE_BITS = 16;
const PIECE = 1 << PIECE_BITS;

/** The longest run of equal numbers that an entry stands for. */
const LONGEST = 0xffff;
const COUNT_BITS = 16;

/** A list of small numbers, many of them equal to the one before: four bytes a run of equal ones. */
class Runs {
  readonly #pieces: Uint32Array[] = [];
  /** How many runs there are. */
  count = 0;
  /** How many numbers there are. */
  length = 0;
  #value = -1;
  #times = LONGEST;

  /** Adds a number that many times. */
  push(value: number, times = 1): void {
    for (let left = times; left > 0; ) {
      if (value !== this.#value || this.#times === LONGEST) this.#begin(value);
      const added = Math.min(left, LONGEST - this.#times);
      this.#times += added;
      left -= added;
      const at = (this.count - 1) & (PIECE - 1);
      (this.#pieces[this.#pieces.length - 1] as Uint32Array)[at] = (value << COUNT_BITS) | this.#times;
    }
    this.length += times;
  }

  /** The number of a run. */
  valueOf(run: number): number {
    return this.#entry(run) >>> COUNT_BITS;
  }

  /** How many numbers a run has. */
  timesOf(run: number): number {
    return this.#entry(run) & LONGEST;
  }

  #begin(value: number): void {
    if (this.count++ % PIECE === 0) this.#pieces.push(new Uint32Array(PIECE));
    this.#value = value;
    this.#times = 0;
  }

  #entry(run: number): number {
    return (this.#pieces[run >>> PIECE_BITS] as Uint32Array)[run & (PIECE - 1)] as number;
  }
}

/** A list of numbers. */
class Numbers {
  readonly #pieces: Float64Array[] = [];
  length = 0;

  push(value: number): void {
    const at = this.length++ & (PIECE - 1);
    if (at === 0) this.#pieces.push(new Float64Array(PIECE));
    (this.#pieces[this.#pieces.length - 1] as Float64Array)[at] = value;
  }

  at(index: number): number {
    return (this.#pieces[index >>> PIECE_BITS] as Float64Array)[index & (PIECE - 1)] as number;
  }
}

/** A list of bits, in the order in which they are set or not. */
class Bits {
  readonly #pieces: Uint8Array[] = [];
  length = 0;

  /** Adds a bit that is not set. */
  push(): void {
    if (this.length++ % (PIECE * 8) === 0) this.#pieces.push(new Uint8Array(PIECE));
  }

  set(index: number): void {
    const piece = this.#pieces[Math.floor(index / (PIECE * 8))] as Uint8Array;
    const at = (index >>> 3) & (PIECE - 1);
    piece[at] = (piece[at] as number) | (1 << (index & 7));
  }

  has(index: number): boolean {
    const piece = this.#pieces[Math.floor(index / (PIECE * 8))] as Uint8Array;
    return (((piece[(index >>> 3) & (PIECE - 1)] as number) >> (index & 7)) & 1) === 1;
  }
}

/**
 * In which order the events of the streams come, as little as is needed to go through them again in that order: four
 * bytes for every time that another stream is next. Pure data.
 */
export class MergeOrder {
  /** Whose event is next: the number of the stream, or that of streams for a CPU sample. */
  readonly streams = new Runs();
  /** For each GoSysCall whether it blocks: GoSysBlock is the next event of the same goroutine. */
  readonly blockedSyscalls = new Bits();
  /**
   * For each GoSysBlock whether the P stops: ProcStop is its next event. If not, it goes on at once on a thread that takes
   * it from the one in the system call.
   */
  readonly stoppedProcs = new Bits();
  /** By the number of such a GoSysBlock: the goroutine whose system call ends there, so that its thread has the P. There are few. */
  readonly takers = new Map<number, number>();
  /**
   * The ends of system calls that are known to have been earlier than where they stand in a stream, in the order of the
   * streams. Their keys are in ticks, in formats before 1.7 sequence numbers.
   */
  readonly exitKeys = new Numbers();
  readonly exitTimes = new Numbers();
  readonly exitGoroutines = new Numbers();
  /** How many events come before, in {@link streams}. */
  readonly exitOrdinals = new Numbers();
  /** Goroutines recorded in a system call: those that are in one when the trace begins, and those of threads that C made. */
  readonly inSyscall = new Set<number>();
  /** In ticks, of the first event. */
  firstTime = Number.NaN;
  /** Events that are in it although what they waited for is not in the trace. */
  forced = 0;
  /** Why there is no order of the rest. */
  fault: TraceError | undefined;
}
