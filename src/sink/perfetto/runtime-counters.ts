import { ByteWriter } from "../../bytes/writer.js";
import type { EventBlock } from "../../event/block.js";
import { EventKind } from "../../event/kind.js";
import { SchedState } from "../../sched/state.js";
import { CounterSeries } from "./counter-series.js";
import { type PacketWriter, Sequence } from "./packets.js";
import { lengthTag, varintTag } from "./schema.js";
import { StateCounters } from "./state-counters.js";
import { startSequence, Track } from "./tracks.js";

const { None, Runnable, Running, Waiting, Syscall, SyscallBlocked } = SchedState;
/** Perfetto's type of a track event that sets a counter. */
const COUNTER = 4;

/** The counters of the "Go runtime" group: gathered while reading, written at the end. */
export class RuntimeCounters {
  readonly #heap = new CounterSeries();
  readonly #heapGoal = new CounterSeries();
  readonly #gomaxprocs = new CounterSeries();
  readonly #states = new StateCounters();
  readonly #threadsRunning = new CounterSeries();
  #procs = 0;

  /** A goroutine goes from one state into another. */
  goroutine(from: number, to: number, time: number): void {
    this.#states.change(from, to, time);
    if (from === Syscall || to === Syscall) this.#updateThreads(time);
  }

  /** A goroutine that is first mentioned now has been in its state since the trace began. */
  firstSeen(state: number, time: number): void {
    this.goroutine(None, state, time);
    this.#states.series[state === SyscallBlocked ? Syscall : state]?.addBefore(time, 1);
    if (state === Syscall) this.#threadsRunning.addBefore(time, -1);
  }

  /** A P starts (1) or stops (−1) being carried by a thread, or is seen to have been since the trace began. */
  proc(change: 1 | -1, time: number, firstSeen: boolean): void {
    this.#procs += change;
    this.#updateThreads(time);
    if (firstSeen) this.#threadsRunning.addBefore(time, change);
  }

  metric(block: EventBlock, event: number): void {
    const series = this.#metric(block.kind[event] as number);
    series?.set(block.time[event] as number, block.value[event] as number);
  }

  /**
   * Appends all values.
   * @param base absolute time of the start of the trace
   * @param end when the trace ends, since its start
   */
  write(packets: PacketWriter, base: number, end: number): void {
    this.#states.finish(end);
    const all = this.#tracks().flatMap(([track, series]) =>
      [...series.points()].map(({ time, value }) => ({ track, time, value })),
    );
    all.sort((a, b) => a.time - b.time || a.track - b.track);
    startSequence(packets, Sequence.Counters, base);
    const counters = new CounterPackets(packets);
    for (const { track, time, value } of all) counters.write(track, time, value);
  }

  #tracks(): [number, CounterSeries][] {
    const { series } = this.#states;
    const inSyscall = series[Syscall] as CounterSeries;
    return [
      [Track.Heap, this.#heap],
      [Track.HeapGoal, this.#heapGoal],
      [Track.GoroutinesRunning, series[Running] as CounterSeries],
      [Track.GoroutinesRunnable, series[Runnable] as CounterSeries],
      [Track.GoroutinesWaiting, series[Waiting] as CounterSeries],
      [Track.GoroutinesInSyscall, inSyscall],
      [Track.ThreadsRunning, this.#threadsRunning],
      [Track.ThreadsInSyscall, inSyscall],
      [Track.Gomaxprocs, this.#gomaxprocs],
    ];
  }

  #metric(kind: number): CounterSeries | undefined {
    if (kind === EventKind.HeapAlloc) return this.#heap;
    if (kind === EventKind.HeapGoal) return this.#heapGoal;
    if (kind === EventKind.ProcsChange) return this.#gomaxprocs;
    return undefined;
  }

  /** A thread whose goroutine is in a system call may still have its P, but does not run Go code. */
  #updateThreads(time: number): void {
    this.#threadsRunning.set(time, this.#procs - this.#states.inSyscallWithProc);
  }
}

const TAG = {
  timestamp: varintTag("TracePacket", "timestamp"),
  sequence: varintTag("TracePacket", "trusted_packet_sequence_id"),
  event: lengthTag("TracePacket", "track_event"),
  type: varintTag("TrackEvent", "type"),
  track: varintTag("TrackEvent", "track_uuid"),
  value: varintTag("TrackEvent", "counter_value"),
} as const;

/** Writes the packets of counter values, of which there may be a hundred thousand. */
class CounterPackets {
  readonly #packets: PacketWriter;
  readonly #event = new ByteWriter(32);
  readonly #packet = new ByteWriter(64);
  #last = 0;

  constructor(packets: PacketWriter) {
    this.#packets = packets;
  }

  /** @param time not before that of the packet before */
  write(track: number, time: number, value: number): void {
    const event = this.#event;
    event.clear();
    event.uvarint(TAG.type);
    event.uvarint(COUNTER);
    event.uvarint(TAG.track);
    event.uvarint(track);
    event.uvarint(TAG.value);
    event.int64(value);
    const packet = this.#packet;
    packet.clear();
    packet.uvarint(TAG.timestamp);
    packet.uvarint(time - this.#last);
    packet.uvarint(TAG.sequence);
    packet.uvarint(Sequence.Counters);
    packet.nestedWriter(TAG.event, event);
    this.#packets.append(packet);
    this.#last = time;
  }
}
