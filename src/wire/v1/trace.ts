import type { Generation } from "../../event/generation.js";
import { WireStacks } from "../stack-table.js";
import { WireStrings } from "../string-table.js";

/** The events of one P, in file order, in segments: parts of batches. */
export interface ProcStream {
  /** −1 for events that happened without a P. */
  readonly proc: number;
  /** References into the batch store. */
  readonly references: number[];
  readonly offsets: number[];
  readonly lengths: number[];
  /**
   * In ticks: the base time of a batch's first segment. NaN for the other segments, which continue from it.
   */
  readonly times: number[];
  /** Likewise for the sequence numbers, in formats before 1.7. */
  readonly sequences: number[];
}

/** One CPU profile sample. */
export interface CpuSample {
  /** Offset of its first byte in the input. */
  readonly offset: number;
  /** In ticks. */
  readonly time: number;
  readonly proc: number;
  /** 0 means none. */
  readonly goroutine: number;
  /** Id in the stack table. */
  readonly stack: number;
}

/** The contents of a trace of format 1, with events undecoded. It is one generation. Pure data. */
export class WireTrace implements Generation {
  readonly number = 1;
  readonly clock = undefined;
  readonly wallClock = undefined;
  readonly experimental = [];
  readonly strings = new WireStrings();
  readonly stacks = new WireStacks(this.strings);
  /** Streams in the order in which their Ps first appear. */
  readonly streams: ProcStream[] = [];
  readonly samples: CpuSample[] = [];
  /** Goroutines that run the runtime's timers. */
  readonly timers = new Set<number>();
  /** Ticks per second; 0 until known. */
  frequency = -0;
  nsPerTick = -0;
  complete = true;
  readonly #byProc = new Map<number, ProcStream>();

  /** @param minor the format, by the N of its header `go 1.N trace` */
  constructor(readonly minor: number) {}

  /** The stream of a P, created on demand. */
  stream(proc: number): ProcStream {
    let stream = this.#byProc.get(proc);
    if (stream === undefined) {
      stream = { proc, references: [], offsets: [], lengths: [], times: [], sequences: [] };
      this.#byProc.set(proc, stream);
      this.streams.push(stream);
    }
    return stream;
  }
}
