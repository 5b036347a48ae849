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
import type { Location, Threads } from "./threads.js";
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

/** The most waits held for a goroutine without a start function. Only damaged traces have more of them. */
const HELD = 32;

/** The unit of the samples. Viewers show a flame graph for each unit. */
const TIMEBASE = "Blocked time (ns)";
const NO_REASON = "waiting";

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
 * A packet sequence has one unit, so the samples have a sequence and callstacks of their own. Each group has a thread
 * for them. Waits that began before the trace are held until the goroutine's group is known.
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
  /** By number of the start function: the bytes that samples of its goroutines share. */
  readonly #threads: (EncodedText | undefined)[] = [];
  readonly #base: number;
  /** By slot of a goroutine whose start function is not known yet. */
  readonly #held = new Map<number, Wait[]>();
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
    const func = this.#model.goroutines.func[slot] as number;
    if (func === NONE) {
      this.#hold(slot, { end: time, blocked, stack: this.#stack[slot] as number });
      return;
    }
    const thread = this.#threads[func] ?? this.#locate(slot, func);
    const sample = this.#packets.beginShort(time - this.#last, Sequence.Blocking);
    const { data } = this.#packets.out;
    let at = thread.put(data, sample);
    at = putField(data, at, TAG.stack, this.#stack[slot] as number);
    at = putField(data, at, TAG.count, blocked);
    data.setUint8(sample + SAMPLE_LENGTH, at - sample - SAMPLE_LENGTH - 1);
    this.#packets.endShort(at);
    this.#last = time;
  }

  /** The goroutine's start function is known, or never will be. */
  settle(slot: number): void {
    const waits = this.#held.get(slot);
    if (waits === undefined) return;
    this.#held.delete(slot);
    const { pid, tid } = this.#location(slot, this.#model.goroutines.func[slot] as number);
    for (const { end, blocked, stack } of waits)
      this.#packets.packet({
        timestamp: end + this.#base,
        timestamp_clock_id: BOOTTIME,
        trusted_packet_sequence_id: Sequence.Blocking,
        perf_sample: { pid, tid, cpu_mode: USER_MODE, callstack_iid: stack, timebase_count: blocked },
      });
  }

  #hold(slot: number, wait: Wait): void {
    const waits = this.#held.get(slot);
    if (waits === undefined) this.#held.set(slot, [wait]);
    else if (waits.push(wait) === HELD) this.settle(slot);
  }

  #location(slot: number, func: number): Location {
    const { goroutines, functions } = this.#model;
    const name = func === NONE ? "" : functions.text(func);
    return this.#places.blockingProfile(name, goroutines.id[slot] as number);
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

  #locate(slot: number, func: number): EncodedText {
    const { pid, tid } = this.#location(slot, func);
    const bytes = new Uint8Array(ROOM);
    const data = new DataView(bytes.buffer);
    let at = putNumber(data, 0, TAG.sample) + 1;
    at = putField(data, at, TAG.mode, USER_MODE);
    at = putField(data, at, TAG.pid, pid);
    const thread = new EncodedText(bytes.subarray(0, putField(data, at, TAG.tid, tid)));
    while (this.#threads.length <= func) this.#threads.push(undefined);
    this.#threads[func] = thread;
    return thread;
  }
}
