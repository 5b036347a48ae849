import { BOOTTIME, type PacketWriter, Sequence } from "./packets.js";
import type { Message } from "./schema.js";
import type { Threads } from "./threads.js";

const USER_MODE = 2;
const SW_CPU_CLOCK = 1;
/** Nanoseconds that a sample stands for: the runtime takes a hundred a second. */
const WEIGHT = 10_000_000;
const NO_GOROUTINE = "no goroutine";

/** What holds for all samples of the sequence. */
export const SAMPLE_DEFAULTS: Message = { timebase: { counter: SW_CPU_CLOCK, name: "CPU time (ns)" } };

interface Sample {
  readonly time: number;
  readonly proc: number;
  readonly goroutine: number;
  readonly slot: number;
  readonly stack: number;
}

/** The CPU samples of a block, which wait until its goroutines have their groups. */
export class SampleQueue {
  readonly #packets: PacketWriter;
  readonly #threads: Threads;
  readonly #base: number;
  #samples: Sample[] = [];

  constructor(packets: PacketWriter, threads: Threads, base: number) {
    this.#packets = packets;
    this.#threads = threads;
    this.#base = base;
  }

  /** @param sample `slot` and `goroutine` are −1 for code that is no goroutine's, `stack` is a callstack's number */
  add(sample: Sample): void {
    this.#samples.push(sample);
  }

  /** Writes them. */
  flush(): void {
    for (const sample of this.#samples) this.#write(sample);
    if (this.#samples.length > 0) this.#samples = [];
  }

  #write({ time, proc, goroutine, slot, stack }: Sample): void {
    const thread = this.#threads.locate(slot, goroutine) ?? this.#threads.pseudo(NO_GOROUTINE);
    this.#packets.packet({
      timestamp: this.#base + time,
      timestamp_clock_id: BOOTTIME,
      trusted_packet_sequence_id: Sequence.Timeline,
      perf_sample: {
        ...(proc >= 0 && { cpu: proc }),
        pid: thread.pid,
        tid: thread.tid,
        ...(stack !== 0 && { callstack_iid: stack }),
        cpu_mode: USER_MODE,
        timebase_count: WEIGHT,
      },
    });
  }
}
