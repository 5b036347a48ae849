import { ByteWriter } from "../../bytes/writer.js";
import { type PacketWriter, Sequence, varintLength } from "./packets.js";
import { lengthTag, varintTag } from "./schema.js";

/** Events gathered before they are written as one packet. */
const CAPACITY = 4096;
/** Longest varint of a time difference (2^49 ns, six days) and of a thread id. */
const MAX_VARINT = 7;

const COMPACT = "FtraceEventBundle.CompactSched";
const TAG = {
  ftraceEvents: lengthTag("TracePacket", "ftrace_events"),
  sequence: varintTag("TracePacket", "trusted_packet_sequence_id"),
  cpu: varintTag("FtraceEventBundle", "cpu"),
  event: lengthTag("FtraceEventBundle", "event"),
  compact: lengthTag("FtraceEventBundle", "compact_sched"),
  switchTime: lengthTag(COMPACT, "switch_timestamp"),
  switchState: lengthTag(COMPACT, "switch_prev_state"),
  switchPid: lengthTag(COMPACT, "switch_next_pid"),
  switchPriority: lengthTag(COMPACT, "switch_next_prio"),
  strings: lengthTag(COMPACT, "intern_table"),
  switchName: lengthTag(COMPACT, "switch_next_comm_index"),
  wakingTime: lengthTag(COMPACT, "waking_timestamp"),
  wakingPid: lengthTag(COMPACT, "waking_pid"),
  wakingCpu: lengthTag(COMPACT, "waking_target_cpu"),
  wakingPriority: lengthTag(COMPACT, "waking_prio"),
  wakingName: lengthTag(COMPACT, "waking_comm_index"),
  time: varintTag("FtraceEvent", "timestamp"),
  pid: varintTag("FtraceEvent", "pid"),
  waking: lengthTag("FtraceEvent", "sched_waking"),
  wokenPid: varintTag("SchedWakingFtraceEvent", "pid"),
  wokenPriority: varintTag("SchedWakingFtraceEvent", "prio"),
  success: varintTag("SchedWakingFtraceEvent", "success"),
  wokenCpu: varintTag("SchedWakingFtraceEvent", "target_cpu"),
} as const;

/** Linux's number of a normal thread's priority. Below 100 the UI would take it for a real-time thread. */
const PRIORITY = 120;
const PRIORITIES = new Uint8Array(CAPACITY).fill(PRIORITY);
const ZEROS = new Uint8Array(CAPACITY);

/** Why the thread that leaves a CPU does so, as Linux numbers it. */
export const PrevState = {
  Runnable: 0,
  Sleeping: 1,
  /** Drawn as "uninterruptible sleep": in a system call without a P. */
  Uninterruptible: 2,
} as const;

/**
 * What happens on one P, as Linux's scheduler would tell it of a CPU: which thread (goroutine) runs, and
 * whom the running one wakes. Written in the columns of `compact_sched`: a switch takes six bytes or so.
 */
export class CpuStream {
  readonly #cpu: number;
  readonly #packets: PacketWriter;
  readonly #switchTime = new Uint8Array(CAPACITY * MAX_VARINT);
  readonly #switchState = new Uint8Array(CAPACITY);
  readonly #switchPid = new Uint8Array(CAPACITY * MAX_VARINT);
  readonly #wakingTime = new Uint8Array(CAPACITY * MAX_VARINT);
  readonly #wakingPid = new Uint8Array(CAPACITY * MAX_VARINT);
  readonly #events = new ByteWriter(256);
  readonly #event = new ByteWriter(64);
  readonly #waking = new ByteWriter(32);
  #switches = 0;
  #switchTimeEnd = 0;
  #switchPidEnd = 0;
  #wakings = 0;
  #wakingTimeEnd = 0;
  #wakingPidEnd = 0;
  /** Time of the last switch and waking in the packet under way; 0 at its start, as times there are absolute. */
  #lastSwitch = 0;
  #lastWaking = 0;
  /** Time of the last switch of all. */
  lastTime = 0;

  constructor(cpu: number, packets: PacketWriter) {
    this.#cpu = cpu;
    this.#packets = packets;
  }

  /**
   * Another thread runs from now on.
   * @param time absolute, in nanoseconds; not before the last one's
   * @param state why the one before leaves: {@link PrevState}
   * @param pid the next thread; 0 is "none"
   */
  switch(time: number, state: number, pid: number): void {
    if (this.#switches === CAPACITY) this.flush();
    this.#switchTimeEnd = putVarint(this.#switchTime, this.#switchTimeEnd, time - this.#lastSwitch);
    this.#switchPidEnd = putVarint(this.#switchPid, this.#switchPidEnd, pid);
    this.#switchState[this.#switches++] = state;
    this.#lastSwitch = time;
    this.lastTime = time;
  }

  /** The thread that runs here makes another one runnable. */
  wake(time: number, pid: number): void {
    if (this.#wakings === CAPACITY) this.flush();
    this.#wakingTimeEnd = putVarint(this.#wakingTime, this.#wakingTimeEnd, time - this.#lastWaking);
    this.#wakingPidEnd = putVarint(this.#wakingPid, this.#wakingPidEnd, pid);
    this.#wakings++;
    this.#lastWaking = time;
  }

  /** A thread that does not run here makes another one runnable. */
  wakeFrom(time: number, waker: number, pid: number): void {
    const waking = this.#waking;
    waking.clear();
    waking.uvarint(TAG.wokenPid);
    waking.uvarint(pid);
    waking.uvarint(TAG.wokenPriority);
    waking.uvarint(PRIORITY);
    waking.uvarint(TAG.success);
    waking.uvarint(1);
    waking.uvarint(TAG.wokenCpu);
    waking.uvarint(this.#cpu);
    const event = this.#event;
    event.clear();
    event.uvarint(TAG.time);
    event.uvarint(time);
    event.uvarint(TAG.pid);
    event.uvarint(waker);
    event.nested(TAG.waking, waking.view());
    this.#events.nested(TAG.event, event.view());
    if (this.#events.length > CAPACITY * 8) this.flush();
  }

  /** Writes what has been gathered. */
  flush(): void {
    if (this.#switches + this.#wakings + this.#events.length === 0) return;
    const bundle = new ByteWriter(this.#switchTimeEnd + this.#switchPidEnd + this.#events.length + CAPACITY);
    bundle.uvarint(TAG.cpu);
    bundle.uvarint(this.#cpu);
    if (this.#switches + this.#wakings > 0) bundle.nested(TAG.compact, this.#compact());
    bundle.bytes(this.#events.view());
    const { out } = this.#packets;
    const length = 1 + varintLength(bundle.length) + bundle.length + 2;
    this.#packets.header(length);
    out.nested(TAG.ftraceEvents, bundle.view());
    out.uvarint(TAG.sequence);
    out.uvarint(Sequence.Sched);
    this.#clear();
  }

  #compact(): Uint8Array {
    const compact = new ByteWriter(this.#switches * 12 + this.#wakings * 12 + 64);
    if (this.#switches > 0) {
      compact.nested(TAG.switchTime, this.#switchTime.subarray(0, this.#switchTimeEnd));
      compact.nested(TAG.switchState, this.#switchState.subarray(0, this.#switches));
      compact.nested(TAG.switchPid, this.#switchPid.subarray(0, this.#switchPidEnd));
      compact.nested(TAG.switchPriority, PRIORITIES.subarray(0, this.#switches));
      compact.nested(TAG.switchName, ZEROS.subarray(0, this.#switches));
    }
    // Threads have their names from elsewhere: one empty string for all.
    compact.nested(TAG.strings, new Uint8Array(0));
    if (this.#wakings > 0) {
      compact.nested(TAG.wakingTime, this.#wakingTime.subarray(0, this.#wakingTimeEnd));
      compact.nested(TAG.wakingPid, this.#wakingPid.subarray(0, this.#wakingPidEnd));
      compact.nested(TAG.wakingCpu, this.#targetCpus());
      compact.nested(TAG.wakingPriority, PRIORITIES.subarray(0, this.#wakings));
      compact.nested(TAG.wakingName, ZEROS.subarray(0, this.#wakings));
    }
    return compact.view();
  }

  /** Where the woken thread is expected to run; the trace does not say, so: here. */
  #targetCpus(): Uint8Array {
    const cpus = new ByteWriter(this.#wakings * 2);
    for (let i = 0; i < this.#wakings; i++) cpus.uvarint(this.#cpu);
    return cpus.view();
  }

  #clear(): void {
    this.#switches = 0;
    this.#switchTimeEnd = 0;
    this.#switchPidEnd = 0;
    this.#wakings = 0;
    this.#wakingTimeEnd = 0;
    this.#wakingPidEnd = 0;
    this.#lastSwitch = 0;
    this.#lastWaking = 0;
    this.#events.clear();
  }
}

/** Puts a varint at a position; gives the position behind it. */
function putVarint(bytes: Uint8Array, position: number, value: number): number {
  let rest = value;
  while (rest >= 0x40000000) {
    bytes[position++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  while (rest >= 0x80) {
    bytes[position++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[position++] = rest;
  return position;
}
