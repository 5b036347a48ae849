import type { EventBlock } from "../../event/block.js";
import type { Callstacks } from "./callstacks.js";
import { BOOTTIME, type PacketWriter, Sequence } from "./packets.js";
import type { Message } from "./schema.js";
import type { Location, Threads } from "./threads.js";
import { type OfGoroutine, WaitingRows } from "./waiting-rows.js";

/** Perfetto's numbers for where a sample's code ran, and for the clock that samples count. */
export const USER_MODE = 2;
export const SW_CPU_CLOCK = 1;
/** Nanoseconds per sample: the runtime takes a hundred a second. */
const WEIGHT = 10_000_000;
const NO_GOROUTINE = "no goroutine";
/** Perfetto treats a sample without a stack as an error. */
const NO_STACK = "(no stack)";

/** Defaults for all samples of the sequence. */
export const SAMPLE_DEFAULTS: Message = { timebase: { counter: SW_CPU_CLOCK, name: "CPU time (ns)" } };

/** A sample; `stack` is a callstack's number, or 0. */
interface Sample extends OfGoroutine {
  readonly time: number;
  readonly proc: number;
  readonly stack: number;
}

/** CPU samples. They wait until their goroutines have groups. */
export class SampleQueue {
  readonly #packets: PacketWriter;
  readonly #threads: Threads;
  readonly #base: number;
  readonly #callstacks: () => Callstacks;
  readonly #samples: WaitingRows<Sample>;

  /** @param callstacks gives the callstacks of the sequence, called at the first sample */
  constructor(packets: PacketWriter, threads: Threads, base: number, callstacks: () => Callstacks) {
    this.#packets = packets;
    this.#threads = threads;
    this.#base = base;
    this.#callstacks = callstacks;
    this.#samples = new WaitingRows(threads);
  }

  /** Takes a sample. Call it after `Threads` has taken the block. */
  event({ generation, time, proc, goroutine, stack }: EventBlock, i: number): void {
    const callstacks = this.#callstacks();
    if (generation !== undefined) callstacks.enter(generation);
    const id = goroutine[i] as number;
    this.#samples.add({
      time: time[i] as number,
      proc: proc[i] as number,
      goroutine: id,
      slot: this.#threads.slotOf(id),
      stack: callstacks.of(stack[i] as number) || callstacks.single(NO_STACK),
    });
  }

  /** Writes the samples that are ready. Call it after a block's samples. */
  flush(): void {
    this.#samples.take((goroutine) => this.#threads.slotOf(goroutine), this.#write);
  }

  /** Writes the rest. Call it when `Threads` has given groups to all. */
  finish(): void {
    this.#samples.takeAll(this.#write);
  }

  readonly #write = ({ time, proc, stack }: Sample, location: Location | undefined): void => {
    const thread = location ?? this.#threads.pseudo(NO_GOROUTINE);
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
  };
}
