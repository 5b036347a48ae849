import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";
import { putField, putNumber } from "../../bytes/encode/small-varint.js";
import { EncodedText } from "../../bytes/encoded-text.js";
import { varintLength } from "../../bytes/writer.js";
import type { Generation } from "../../event/generation.js";
import type { SchedModel } from "../../sched/model.js";
import { Callstacks } from "./callstacks.js";
import { Interning } from "./interning.js";
import { BOOTTIME, type PacketWriter, Sequence } from "./packets.js";
import { SW_CPU_CLOCK, USER_MODE } from "./samples.js";
import { lengthTag, varintTag } from "./schema.js";
import type { Threads } from "./threads.js";
import { startSequence } from "./tracks.js";

const TAG = {
  sample: lengthTag("TracePacket", "perf_sample"),
  pid: varintTag("PerfSample", "pid"),
  tid: varintTag("PerfSample", "tid"),
  stack: varintTag("PerfSample", "callstack_iid"),
  mode: varintTag("PerfSample", "cpu_mode"),
  count: varintTag("PerfSample", "timebase_count"),
} as const;

/** Position of a sample's length. */
const SAMPLE_LENGTH = varintLength(TAG.sample);
/** An upper bound of the bytes of a sample. */
const ROOM = 64;

/** The most waits held for a goroutine without a group. Goroutines with stacks have one by then. */
const HELD = 512;

/** The unit of the samples. Viewers show a flame graph for each unit. */
const TIMEBASE = "Blocked time (ns)";
const NO_REASON = "waiting";

/** The waits of a goroutine that has no group yet. */
interface Held {
  readonly slot: number;
  readonly waits: Wait[];
}

/** A wait that has ended. */
interface Wait {
  readonly end: number;
  readonly blocked: number;
  /** Number of the callstack. */
  readonly stack: number;
}

/**
 * The blocking profile within the file: a sample for each wait that has ended, weighted by its duration, with the
 * reason as outermost frame. Viewers draw a flame graph of the samples in the selected stretch of time.
 *
 * A packet sequence has one unit, so the samples have a sequence and callstacks of their own. Each process has a thread
 * for them. The waits of a goroutine without a group are held until it has one.
 */
export class BlockingProfile {
  readonly #packets: PacketWriter;
  readonly #places: Threads;
  readonly #model: SchedModel;
  readonly #stacks: Callstacks;
  #generation: Generation | undefined;
  /**
   * By index of a stack of the generation: number of the callstack, and reason + 2 of its outermost frame; 0: none yet.
   */
  #known = new Int32Array(0);
  #knownReason = new Int32Array(0);
  /** By slot of the goroutine: when its wait began, and number of the callstack. */
  #since = new Float64Array(256);
  #stack = new Int32Array(256);
  /** By process: the bytes that samples of its goroutines share. */
  readonly #threads = new Map<number, EncodedText>();
  readonly #base: number;
  /** By goroutine. */
  readonly #held = new Map<number, Held>();
  /** Time of the previous packet; the next one's is relative to it. */
  #last = -0;

  /**
   * @param base absolute time of the start of the trace
   * @param program name of the trace
   */
  constructor(packets: PacketWriter, threads: Threads, model: SchedModel, base: number, program: string) {
    startSequence(packets, Sequence.Blocking, base, {
      perf_sample_defaults: { timebase: { counter: SW_CPU_CLOCK, name: TIMEBASE } },
    });
    this.#packets = packets;
    this.#base = base;
    this.#places = threads;
    this.#model = model;
    this.#stacks = new Callstacks(new Interning(packets, Sequence.Blocking), program);
  }

  /** The following stacks are of this generation. */
  enter(generation: Generation): void {
    if (generation === this.#generation) return;
    this.#generation = generation;
    this.#stacks.enter(generation);
    this.#known = new Int32Array(generation.stacks.length + 1);
    this.#knownReason = new Int32Array(generation.stacks.length + 1);
  }

  /**
   * A goroutine starts to wait.
   * @param stack index into the generation's stacks
   * @param reason its number in the model; −1 is none
   */
  begin(slot: number, time: number, stack: number, reason: number): void {
    if (slot >= this.#since.length) {
      this.#since = grown(this.#since, slot + 1);
      this.#stack = grown(this.#stack, slot + 1);
    }
    this.#since[slot] = time;
    this.#stack[slot] =
      this.#knownReason[stack] === reason + 2 && stack !== 0
        ? (this.#known[stack] as number)
        : this.#lookUp(stack, reason);
  }

  /** The wait ends. Call it before the goroutine changes. */
  end(slot: number, time: number): void {
    const blocked = time - (this.#since[slot] as number);
    if (blocked <= 0) return;
    const goroutine = this.#model.goroutines.id[slot] as number;
    const pid = this.#places.pidOf(slot, goroutine);
    if (pid === 0) {
      this.#hold(slot, goroutine, { end: time, blocked, stack: this.#stack[slot] as number });
      return;
    }
    const thread = this.#threads.get(pid) ?? this.#locate(pid);
    const sample = this.#packets.beginShort(time - this.#last, Sequence.Blocking);
    const { data } = this.#packets.out;
    let at = thread.put(data, sample);
    at = putField(data, at, TAG.stack, this.#stack[slot] as number);
    at = putField(data, at, TAG.count, blocked);
    data.setUint8(sample + SAMPLE_LENGTH, at - sample - SAMPLE_LENGTH - 1);
    this.#packets.endShort(at);
    this.#last = time;
  }

  /** Writes the waits of goroutines that have groups now. Call it when `Threads` has taken a block, before it forgets who ended. */
  release(): void {
    for (const [goroutine, { slot, waits }] of this.#held) {
      if (waits.length >= HELD) this.#places.giveUpName(slot, goroutine);
      const place = this.#places.locate(slot, goroutine);
      if (place === undefined) continue;
      this.#held.delete(goroutine);
      this.#write(place.pid, waits);
    }
  }

  #write(process: number, waits: readonly Wait[]): void {
    const { pid, tid } = this.#places.blockingProfile(process);
    for (const { end, blocked, stack } of waits)
      this.#packets.packet({
        timestamp: end + this.#base,
        timestamp_clock_id: BOOTTIME,
        trusted_packet_sequence_id: Sequence.Blocking,
        perf_sample: { pid, tid, cpu_mode: USER_MODE, callstack_iid: stack, timebase_count: blocked },
      });
  }

  #hold(slot: number, goroutine: number, wait: Wait): void {
    const held = this.#held.get(goroutine);
    if (held === undefined) this.#held.set(goroutine, { slot, waits: [wait] });
    else held.waits.push(wait);
  }

  #lookUp(stack: number, reason: number): number {
    const text = reason === NONE ? "" : this.#model.reasons.text(reason);
    const number = this.#stacks.within(text || NO_REASON, stack);
    if (stack < this.#known.length) {
      this.#known[stack] = number;
      this.#knownReason[stack] = reason + 2;
    }
    return number;
  }

  #locate(process: number): EncodedText {
    const { pid, tid } = this.#places.blockingProfile(process);
    const bytes = new Uint8Array(ROOM);
    const data = new DataView(bytes.buffer);
    let at = putNumber(data, 0, TAG.sample) + 1;
    at = putField(data, at, TAG.mode, USER_MODE);
    at = putField(data, at, TAG.pid, pid);
    const thread = new EncodedText(bytes.subarray(0, putField(data, at, TAG.tid, tid)));
    this.#threads.set(process, thread);
    return thread;
  }
}
