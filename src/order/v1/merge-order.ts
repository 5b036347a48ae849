import type { TraceError } from "../../base/errors.js";

/** Entries of a piece of a list: lists grow without copying. */
const PIECE_BITS = 16;
const PIECE = 1 << PIECE_BITS;

/** A list of small numbers, two bytes each. */
class SmallNumbers {
  readonly #pieces: Uint16Array[] = [];
  length = 0;

  push(value: number): void {
    const at = this.length++ & (PIECE - 1);
    if (at === 0) this.#pieces.push(new Uint16Array(PIECE));
    (this.#pieces[this.#pieces.length - 1] as Uint16Array)[at] = value;
  }

  at(index: number): number {
    return (this.#pieces[Math.floor(index / PIECE)] as Uint16Array)[index % PIECE] as number;
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
 * In which order the events of the streams come, as little as is needed to go through them again in that order: two bytes
 * an event. Pure data.
 */
export class MergeOrder {
  /** Whose event is next: the number of the stream, or that of streams for a CPU sample. */
  readonly streams = new SmallNumbers();
  /** For each GoSysCall whether it blocks: GoSysBlock is the next event of the same goroutine. */
  readonly blockedSyscalls = new Bits();
  /**
   * For each GoSysBlock whether the P stops: ProcStop is its next event. If not, it goes on at once on a thread that takes
   * it from the one in the system call.
   */
  readonly stoppedProcs = new Bits();
  /**
   * The ends of system calls that are known to have been earlier than where they stand in a stream, in the order of the
   * streams. Their keys are in ticks, in formats before 1.7 sequence numbers.
   */
  readonly exitKeys = new Numbers();
  readonly exitTimes = new Numbers();
  readonly exitGoroutines = new Numbers();
  /** How many events come before, in {@link streams}. */
  readonly exitOrdinals = new Numbers();
  /** In ticks, of the first event. */
  firstTime = Number.NaN;
  /** Events that are in it although what they waited for is not in the trace. */
  forced = 0;
  /** Why there is no order of the rest. */
  fault: TraceError | undefined;
}
