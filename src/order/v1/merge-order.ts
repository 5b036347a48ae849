import type { TraceError } from "../../base/errors.js";

/** Entries per chunk of a list, as a power of two. Lists grow without copying. */
const PIECE_BITS = 10;
const PIECE = 1 << PIECE_BITS;

/** The longest run of equal numbers in one entry. */
const LONGEST = 0xffff;
const COUNT_BITS = 16;

/** A list of small numbers, run-length encoded: four bytes per run of equal numbers. */
class Runs {
  readonly #pieces: Uint32Array[] = [];
  /** How many runs there are. */
  count = 0;
  /** How many numbers there are. */
  length = 0;
  #value = -1;
  #times = LONGEST;

  /** Adds a number `times` times. */
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

  /** The number in a run. */
  valueOf(run: number): number {
    return this.#entry(run) >>> COUNT_BITS;
  }

  /** The length of a run. */
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

/** A list of bits. It grows by one unset bit at a time. */
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
 * The order of the streams' events, as the minimum that a second pass needs: four bytes per change of stream.
 * Pure data.
 */
export class MergeOrder {
  /** The stream of each next event. The number of streams stands for a CPU sample. */
  readonly streams = new Runs();
  /**
   * For each GoSysCall: whether it blocks, that is, whether GoSysBlock is the next event of the same
   * goroutine.
   */
  readonly blockedSyscalls = new Bits();
  /**
   * For each GoSysBlock: whether the P stops, that is, whether ProcStop is its next event. If not, another
   * thread takes the P from the system call and continues at once.
   */
  readonly stoppedProcs = new Bits();
  /**
   * By number of such a GoSysBlock: the goroutine whose system call ends there, so that its thread has the P.
   * There are few.
   */
  readonly takers = new Map<number, number>();
  /**
   * The ends of system calls that happened before their place in a stream, in stream order. Their keys are
   * ticks, before format 1.7 sequence numbers.
   */
  readonly exitKeys = new Numbers();
  readonly exitTimes = new Numbers();
  readonly exitGoroutines = new Numbers();
  /** For each such end: the number of events before it in {@link streams}. */
  readonly exitOrdinals = new Numbers();
  /**
   * Goroutines recorded in a system call: those that are in one when the trace begins, and those of threads
   * created by C.
   */
  readonly inSyscall = new Set<number>();
  /** Ticks of the first event. */
  firstTime = Number.NaN;
  /** Events ordered by force, because the trace lacks what they waited for. */
  forced = 0;
  /** Why the rest has no order. */
  fault: TraceError | undefined;
}
