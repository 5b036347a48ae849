import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";
import { putField, putNumber } from "../../bytes/encode/small-varint.js";
import { EncodedText } from "../../bytes/encoded-text.js";
import { varintLength } from "../../bytes/writer.js";
import type { Generation } from "../../event/generation.js";
import type { SchedModel } from "../../sched/model.js";
import { Callstacks } from "./callstacks.js";
import { Interning } from "./interning.js";
import { type PacketWriter, Sequence } from "./packets.js";
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

/** Where a sample has its length. */
const SAMPLE_LENGTH = varintLength(TAG.sample);
/** More than the bytes of a sample. */
const ROOM = 64;

/** What viewers call the unit of the samples; each has a flame graph of its own. */
const TIMEBASE = "Blocked time (ns)";
const NO_REASON = "waiting";

/**
 * What goroutines waited for, as a profile by stack within the file: a sample for each wait that has ended, weighing as
 * much as it took, with the reason as its outermost frame. Viewers make a flame graph of the samples in the stretch of
 * time that is selected.
 *
 * The samples are on a packet sequence of their own, since a sequence has one unit; so they have callstacks of their own
 * too. They stand with a thread that each group has for them.
 */
export class BlockingProfile {
  readonly #packets: PacketWriter;
  readonly #places: Threads;
  readonly #model: SchedModel;
  readonly #stacks: Callstacks;
  #generation: Generation | undefined;
  /** By index of a stack of the generation: number of the callstack, and the reason + 2 that is its outermost frame; 0 is none yet. */
  #known = new Int32Array(0);
  #knownReason = new Int32Array(0);
  /** By slot of the goroutine: since when it waits, and number of the callstack. */
  #since = new Float64Array(256);
  #stack = new Int32Array(256);
  /** By number of the start function + 1: a sample as far as it is the same for all its goroutines. */
  readonly #threads: (EncodedText | undefined)[] = [];
  /** Time of the packet before, from which the next one's counts. */
  #last = -0;

  /**
   * @param base absolute time of the start of the trace
   * @param program what the trace is called
   */
  constructor(packets: PacketWriter, threads: Threads, model: SchedModel, base: number, program: string) {
    startSequence(packets, Sequence.Blocking, base, {
      perf_sample_defaults: { timebase: { counter: SW_CPU_CLOCK, name: TIMEBASE } },
    });
    this.#packets = packets;
    this.#places = threads;
    this.#model = model;
    this.#stacks = new Callstacks(new Interning(packets, Sequence.Blocking), program);
  }

  /** The stacks that follow are of this generation. */
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

  /** The wait is over: nothing of the goroutine has changed yet. */
  end(slot: number, time: number): void {
    const blocked = time - (this.#since[slot] as number);
    if (blocked <= 0) return;
    const func = this.#model.goroutines.func[slot] as number;
    const thread = this.#threads[func + 1] ?? this.#locate(func);
    const sample = this.#packets.beginShort(time - this.#last, Sequence.Blocking);
    const { data } = this.#packets.out;
    let at = thread.put(data, sample);
    at = putField(data, at, TAG.stack, this.#stack[slot] as number);
    at = putField(data, at, TAG.count, blocked);
    data.setUint8(sample + SAMPLE_LENGTH, at - sample - SAMPLE_LENGTH - 1);
    this.#packets.endShort(at);
    this.#last = time;
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

  #locate(func: number): EncodedText {
    const { pid, tid } = this.#places.blockingProfile(func === NONE ? "" : this.#model.functions.text(func));
    const bytes = new Uint8Array(ROOM);
    const data = new DataView(bytes.buffer);
    let at = putNumber(data, 0, TAG.sample) + 1;
    at = putField(data, at, TAG.mode, USER_MODE);
    at = putField(data, at, TAG.pid, pid);
    const thread = new EncodedText(bytes.subarray(0, putField(data, at, TAG.tid, tid)));
    while (this.#threads.length <= func + 1) this.#threads.push(undefined);
    this.#threads[func + 1] = thread;
    return thread;
  }
}
