import { ByteWriter } from "../../bytes/writer.js";
import { type PacketWriter, Sequence } from "./packets.js";
import { lengthTag, varintTag } from "./schema.js";

/** Events gathered before they are written as one packet. */
const CAPACITY = 4096;

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

/** Writers that every flush of every P uses again. */
const scratch = {
  times: new ByteWriter(),
  pids: new ByteWriter(),
  cpus: new ByteWriter(),
  compact: new ByteWriter(),
  bundle: new ByteWriter(),
  packet: new ByteWriter(),
};

/**
 * What happens on one P, as Linux's scheduler would tell it of a CPU: which thread (goroutine) runs, and
 * whom the running one wakes. Gathered in columns and written as the columns of `compact_sched`, where a
 * switch takes six bytes or so.
 */
export class CpuStream {
  readonly #cpu: number;
  readonly #packets: PacketWriter;
  readonly #switchTimes = new Float64Array(CAPACITY);
  readonly #switchStates = new Uint8Array(CAPACITY);
  readonly #switchPids = new Int32Array(CAPACITY);
  readonly #wakingTimes = new Float64Array(CAPACITY);
  readonly #wakingPids = new Int32Array(CAPACITY);
  readonly #events = new ByteWriter(256);
  readonly #event = new ByteWriter(64);
  readonly #waking = new ByteWriter(32);
  #switches = 0;
  #wakings = 0;
  /** Time of the last switch in the packets before. */
  #lastSwitch = Number.NaN;

  constructor(cpu: number, packets: PacketWriter) {
    this.#cpu = cpu;
    this.#packets = packets;
  }

  /** Time of the last switch; NaN before the first. */
  get lastTime(): number {
    return this.#switches > 0 ? (this.#switchTimes[this.#switches - 1] as number) : this.#lastSwitch;
  }

  /**
   * Another thread runs from now on.
   * @param time absolute, in nanoseconds; not before the last one's
   * @param state why the one before leaves: {@link PrevState}
   * @param pid the next thread; 0 is "none"
   */
  switch(time: number, state: number, pid: number): void {
    if (this.#switches === CAPACITY) this.flush();
    const i = this.#switches++;
    this.#switchTimes[i] = time;
    this.#switchStates[i] = state;
    this.#switchPids[i] = pid;
  }

  /** The thread that runs here makes another one runnable. */
  wake(time: number, pid: number): void {
    if (this.#wakings === CAPACITY) this.flush();
    const i = this.#wakings++;
    this.#wakingTimes[i] = time;
    this.#wakingPids[i] = pid;
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
    event.nestedWriter(TAG.waking, waking);
    this.#events.nestedWriter(TAG.event, event);
    if (this.#events.length > CAPACITY * 8) this.flush();
  }

  /** Writes what has been gathered. */
  flush(): void {
    if (this.#switches + this.#wakings + this.#events.length === 0) return;
    const { bundle, packet } = scratch;
    this.#lastSwitch = this.lastTime;
    bundle.clear();
    bundle.uvarint(TAG.cpu);
    bundle.uvarint(this.#cpu);
    if (this.#switches + this.#wakings > 0) bundle.nestedWriter(TAG.compact, this.#compact());
    bundle.bytes(this.#events.view());
    packet.clear();
    packet.nestedWriter(TAG.ftraceEvents, bundle);
    packet.uvarint(TAG.sequence);
    packet.uvarint(Sequence.Sched);
    this.#packets.append(packet);
    this.#switches = 0;
    this.#wakings = 0;
    this.#events.clear();
  }

  #compact(): ByteWriter {
    const { compact } = scratch;
    const switches = this.#switches;
    const wakings = this.#wakings;
    compact.clear();
    if (switches > 0) {
      compact.nestedWriter(TAG.switchTime, encodeTimes(this.#switchTimes, switches));
      compact.nested(TAG.switchState, this.#switchStates.subarray(0, switches));
      compact.nestedWriter(TAG.switchPid, encodePids(this.#switchPids, switches));
      compact.nested(TAG.switchPriority, PRIORITIES.subarray(0, switches));
      compact.nested(TAG.switchName, ZEROS.subarray(0, switches));
    }
    // Threads have their names from elsewhere: one empty string for all.
    compact.nested(TAG.strings, ZEROS.subarray(0, 0));
    if (wakings > 0) {
      compact.nestedWriter(TAG.wakingTime, encodeTimes(this.#wakingTimes, wakings));
      compact.nestedWriter(TAG.wakingPid, encodePids(this.#wakingPids, wakings));
      compact.nestedWriter(TAG.wakingCpu, this.#targetCpus(wakings));
      compact.nested(TAG.wakingPriority, PRIORITIES.subarray(0, wakings));
      compact.nested(TAG.wakingName, ZEROS.subarray(0, wakings));
    }
    return compact;
  }

  /** Where the woken threads are expected to run; the trace does not say, so: here. */
  #targetCpus(count: number): ByteWriter {
    const { cpus } = scratch;
    cpus.clear();
    for (let i = 0; i < count; i++) cpus.uvarint(this.#cpu);
    return cpus;
  }
}

/** Times as differences to the one before; the first is absolute. */
function encodeTimes(times: Float64Array, count: number): ByteWriter {
  const { times: out } = scratch;
  out.clear();
  out.uvarint(times[0] as number);
  out.reserve(count * 10);
  const { buffer } = out;
  let position = out.length;
  for (let i = 1; i < count; i++) {
    let rest = (times[i] as number) - (times[i - 1] as number);
    while (rest >= 2 ** 28) {
      buffer[position++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    let low = rest | 0;
    while (low >= 0x80) {
      buffer[position++] = (low & 0x7f) | 0x80;
      low >>>= 7;
    }
    buffer[position++] = low;
  }
  out.length = position;
  return out;
}

function encodePids(pids: Int32Array, count: number): ByteWriter {
  const { pids: out } = scratch;
  out.clear();
  out.reserve(count * 5);
  const { buffer } = out;
  let position = 0;
  for (let i = 0; i < count; i++) {
    let rest = pids[i] as number;
    while (rest >= 0x80) {
      buffer[position++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    buffer[position++] = rest;
  }
  out.length = position;
  return out;
}
