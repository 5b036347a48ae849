import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";
import { putField, putNumber } from "../../bytes/encode/small-varint.js";
import { SteadyVarint } from "../../bytes/encode/steady-varint.js";
import { VarintColumn } from "../../bytes/encode/varint-column.js";
import { ByteWriter, putVarint, varintLength } from "../../bytes/writer.js";
import { type PacketWriter, Sequence } from "./packets.js";
import { lengthTag, varintTag } from "./schema.js";

/** Perfetto rejects a file with a higher CPU number. */
export const MAX_CPU = 1023;

/** Events gathered for one packet. Each CPU gathers its own, so there are fewer where there are very many CPUs. */
const CAPACITY = 4096;
const CROWDED_CAPACITY = 256;
const CROWD = 128;
/** Initial room, in events. */
const ROOM = 64;
/** An upper estimate of the bytes of an event, and of an empty packet. */
const EVENT_BYTES = 12;
const PACKET_BYTES = 64;

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

/** Linux's numbers for the state of a thread that leaves a CPU. */
export const PrevState = {
  Runnable: 0,
  Sleeping: 1,
  /** Drawn as "uninterruptible sleep": in a system call without a P. */
  Uninterruptible: 2,
} as const;

/**
 * The events of one P, as Linux's scheduler would trace a CPU: which thread (goroutine) runs, and which one it wakes.
 * They are encoded at once into the columns of `compact_sched`, about eight bytes a switch, and written when these are
 * full.
 */
export class CpuStream {
  readonly #cpu: number;
  readonly #packets: PacketWriter;
  readonly #capacity: number;
  readonly #switchTimes = new VarintColumn(ROOM);
  #switchStates = new Uint8Array(ROOM);
  readonly #switchPids = new VarintColumn(ROOM);
  readonly #wakingTimes = new VarintColumn(ROOM);
  readonly #wakingPids = new VarintColumn(ROOM);
  readonly #times = new SteadyVarint();
  readonly #events = new ByteWriter(256);
  /** Slot of the goroutine that is in a system call with this P, or −1. */
  inSyscall = NONE;
  /** The thread that runs now; 0 is none. */
  running = 0;
  /** Time of the last switch; NaN before the first. */
  lastTime = Number.NaN;
  /** When the running thread yielded, until it is known whether it goes on at once; NaN: it did not. */
  #yielded = Number.NaN;
  #switches = 0;
  #wakings = 0;
  /** Room for switches and for wakings. */
  #switchRoom = ROOM;
  #wakingRoom = ROOM;
  /** Base of the columns' next times: 0 at the start of a packet. It is −0 to keep the fields doubles. */
  #switchFrom = -0;
  #wakingFrom = -0;

  constructor(cpu: number, packets: PacketWriter) {
    this.#cpu = cpu;
    this.#packets = packets;
    this.#capacity = cpu < CROWD ? CAPACITY : CROWDED_CAPACITY;
  }

  /**
   * Another thread runs from now on.
   * @param time absolute, in nanoseconds; never decreases
   * @param state why the previous thread leaves: {@link PrevState}
   * @param pid the next thread; 0 is "none"
   */
  switch(time: number, state: number, pid: number): void {
    this.settle();
    this.#switch(time, state, pid);
  }

  /** The running thread gives up the CPU, and may go on at once. */
  yield(time: number): void {
    this.settle();
    this.#yielded = time;
  }

  /** It goes on: the yield is not written. */
  resume(): void {
    this.#yielded = Number.NaN;
  }

  /** Writes a yield after which the thread did not go on at once. */
  settle(): void {
    const time = this.#yielded;
    if (Number.isNaN(time)) return;
    this.#yielded = Number.NaN;
    this.#switch(time, PrevState.Runnable, 0);
  }

  #switch(time: number, state: number, pid: number): void {
    if (this.#switches === this.#switchRoom) this.#makeSwitchRoom();
    this.#switchStates[this.#switches++] = state;
    this.#switchTimes.push(time - this.#switchFrom);
    this.#switchPids.push(pid);
    this.#switchFrom = time;
    this.lastTime = time;
    this.running = pid;
  }

  /** The thread that runs here makes another one runnable. */
  wake(time: number, pid: number): void {
    if (this.#wakings === this.#wakingRoom) this.#makeWakingRoom();
    this.#wakings++;
    this.#wakingTimes.push(time - this.#wakingFrom);
    this.#wakingPids.push(pid);
    this.#wakingFrom = time;
  }

  #makeSwitchRoom(): void {
    if (this.#switchRoom === this.#capacity) {
      this.flush();
      return;
    }
    this.#switchRoom = Math.min(4 * this.#switchRoom, this.#capacity);
    this.#switchTimes.grow(this.#switchRoom);
    this.#switchPids.grow(this.#switchRoom);
    this.#switchStates = grown(this.#switchStates, this.#switchRoom);
  }

  #makeWakingRoom(): void {
    if (this.#wakingRoom === this.#capacity) {
      this.flush();
      return;
    }
    this.#wakingRoom = Math.min(4 * this.#wakingRoom, this.#capacity);
    this.#wakingTimes.grow(this.#wakingRoom);
    this.#wakingPids.grow(this.#wakingRoom);
  }

  /** A thread that does not run here makes another one runnable. */
  wakeFrom(time: number, waker: number, pid: number): void {
    const events = this.#events;
    events.reserve(64);
    const { data } = events;
    const start = events.length;
    data.setUint8(start, TAG.event);
    data.setUint8(start + 2, TAG.time);
    let at = this.#times.put(data, start + 3, time);
    at = putField(data, at, TAG.pid, waker);
    const waking = putNumber(data, at, TAG.waking) + 1;
    at = putField(data, waking, TAG.wokenPid, pid);
    at = putField(data, at, TAG.wokenPriority, PRIORITY);
    at = putField(data, at, TAG.success, 1);
    at = putField(data, at, TAG.wokenCpu, this.#cpu);
    data.setUint8(waking - 1, at - waking);
    data.setUint8(start + 1, at - start - 2);
    events.length = at;
    if (events.length > CAPACITY * 8) this.flush();
  }

  /** About how many bytes {@link flush} writes. */
  get pending(): number {
    return EVENT_BYTES * (this.#switches + this.#wakings) + this.#events.length + PACKET_BYTES;
  }

  /** Writes what has been gathered. */
  flush(): void {
    const switches = this.#switches;
    const wakings = this.#wakings;
    if (switches + wakings + this.#events.length === 0) return;
    const columns = [
      ...column(TAG.switchTime, this.#switchTimes.take()),
      ...column(TAG.switchState, this.#switchStates.subarray(0, switches)),
      ...column(TAG.switchPid, this.#switchPids.take()),
      ...column(TAG.switchPriority, PRIORITIES.subarray(0, switches)),
      ...column(TAG.switchName, ZEROS.subarray(0, switches)),
      // Names of threads come from elsewhere, so one empty string serves all.
      { tag: TAG.strings, bytes: ZEROS.subarray(0, 0) },
      ...column(TAG.wakingTime, this.#wakingTimes.take()),
      ...column(TAG.wakingPid, this.#wakingPids.take()),
      // The CPU where the woken thread is expected to run. The trace does not say, so it is this one.
      ...column(TAG.wakingCpu, repeated(this.#cpu, wakings)),
      ...column(TAG.wakingPriority, PRIORITIES.subarray(0, wakings)),
      ...column(TAG.wakingName, ZEROS.subarray(0, wakings)),
    ];
    this.#write(columns);
    this.#switches = 0;
    this.#wakings = 0;
    this.#switchFrom = -0;
    this.#wakingFrom = -0;
    this.#events.clear();
  }

  /** Writes a packet with the given columns. All lengths are found first, so that nothing is copied twice. */
  #write(columns: readonly Column[]): void {
    const compact = columns.reduce((sum, { bytes }) => sum + fieldLength(bytes.length), 0);
    const bundle = 1 + varintLength(this.#cpu) + fieldLength(compact) + this.#events.length;
    const { out } = this.#packets;
    this.#packets.header(fieldLength(bundle) + 1 + varintLength(Sequence.Sched));
    out.uvarint(TAG.ftraceEvents);
    out.uvarint(bundle);
    out.uvarint(TAG.cpu);
    out.uvarint(this.#cpu);
    out.uvarint(TAG.compact);
    out.uvarint(compact);
    for (const { tag, bytes } of columns) out.nested(tag, bytes);
    out.bytes(this.#events.view());
    out.uvarint(TAG.sequence);
    out.uvarint(Sequence.Sched);
  }
}

interface Column {
  readonly tag: number;
  readonly bytes: Uint8Array;
}

/** A column; none if it is empty. */
function column(tag: number, bytes: Uint8Array): Column[] {
  return bytes.length === 0 ? [] : [{ tag, bytes }];
}

/** Bytes that a field of bytes takes with its tag (of one byte) and length. */
function fieldLength(length: number): number {
  return 1 + varintLength(length) + length;
}

/** A number as a varint, repeated. */
function repeated(value: number, times: number): Uint8Array {
  const length = varintLength(value);
  const bytes = new Uint8Array(times * length);
  if (times === 0) return bytes;
  putVarint(bytes, 0, value);
  for (let filled = length; filled < bytes.length; filled *= 2) bytes.copyWithin(filled, 0, filled);
  return bytes;
}
