import { ClockTable, signed } from "./pftrace-clocks.js";
import {
  type FtraceEventBundle,
  SEQ_INCREMENTAL_STATE_CLEARED,
  type TracePacket,
  type TracePacketDefaults,
} from "./pftrace-packet.js";
import type { Int } from "./pftrace-reader.js";

/** A packet with what the packets before it say about it. */
export interface PlacedPacket {
  /** Names the packet in messages. */
  readonly at: string;
  readonly packet: TracePacket;
  /** The packet's timestamp in nanoseconds of the trace's clock. */
  readonly time: bigint | undefined;
  /** The track of its track event, given or by default. */
  readonly track: Int | undefined;
}

/** The packets with times and tracks, and what is wrong with their times. */
export interface Placement {
  readonly packets: readonly PlacedPacket[];
  readonly problems: readonly string[];
}

/** Resolves the clocks and the per-sequence defaults of all packets, and checks every time in them. */
export function placePackets(packets: readonly TracePacket[]): Placement {
  const placer = new Placer();
  return { packets: packets.map((packet, index) => placer.place(packet, index)), problems: placer.problems };
}

class Placer {
  readonly problems: string[] = [];
  readonly #clocks = new ClockTable();
  readonly #defaults = new Map<number, TracePacketDefaults>();

  place(packet: TracePacket, index: number): PlacedPacket {
    const at = `packet ${index}`;
    const sequence = packet.trusted_packet_sequence_id ?? 0;
    this.#updateDefaults(packet, sequence);
    this.#addSnapshot(packet, sequence, at);
    const time = this.#packetTime(packet, sequence, at);
    this.#checkInnerTimes(packet, at);
    return { at, packet, time, track: this.#track(packet, sequence) };
  }

  #updateDefaults(packet: TracePacket, sequence: number): void {
    if ((packet.sequence_flags ?? 0) & SEQ_INCREMENTAL_STATE_CLEARED) this.#defaults.delete(sequence);
    if (packet.trace_packet_defaults) this.#defaults.set(sequence, packet.trace_packet_defaults);
  }

  #addSnapshot(packet: TracePacket, sequence: number, at: string): void {
    if (!packet.clock_snapshot) return;
    const problem = this.#clocks.addSnapshot(packet.clock_snapshot, sequence);
    if (problem !== undefined) this.problems.push(`${at}: ${problem}`);
  }

  #track({ track_event: event }: TracePacket, sequence: number): Int | undefined {
    if (!event) return undefined;
    return event.track_uuid ?? this.#defaults.get(sequence)?.track_event_defaults?.track_uuid;
  }

  #packetTime(packet: TracePacket, sequence: number, at: string): bigint | undefined {
    if (packet.timestamp === undefined) {
      if (needsTimestamp(packet)) this.problems.push(`${at}: an event without a timestamp`);
      return undefined;
    }
    const clock = packet.timestamp_clock_id ?? this.#defaults.get(sequence)?.timestamp_clock_id;
    // An increment that is negative would go unnoticed in the sum.
    if (signed(packet.timestamp) < 0n) this.problems.push(`${at}: timestamp ${signed(packet.timestamp)}`);
    const time = this.#clocks.traceTime(packet.timestamp, sequence, clock);
    if (time === undefined)
      this.problems.push(`${at}: no snapshot has clock ${clock} for sequence ${sequence}`);
    else this.#checkTime(time, at);
    return time;
  }

  #checkInnerTimes(packet: TracePacket, at: string): void {
    for (const time of packet.ftrace_events ? bundleTimes(packet.ftrace_events) : [])
      this.#checkTime(time, at);
    for (const log of packet.android_log?.events ?? []) {
      const time = this.#clocks.traceTimeOfWallClock(log.timestamp ?? 0);
      if (time === undefined) this.problems.push(`${at}: a log, but no snapshot has the wall clock`);
      else this.#checkTime(time, at);
    }
  }

  #checkTime(time: bigint, at: string): void {
    const start = this.#clocks.start ?? 0n;
    if (time < start || time < 0n)
      this.problems.push(`${at}: time ${time} is before the trace's start at ${start}`);
  }
}

function needsTimestamp(packet: TracePacket): boolean {
  return !!(packet.track_event || packet.perf_sample || packet.generic_kernel_task_state_event);
}

/** The times of a bundle; of its arrays only the first ones, since the rest are checked not to go back. */
function bundleTimes(bundle: FtraceEventBundle): bigint[] {
  const events = (bundle.event ?? []).map((event) => event.timestamp ?? 0);
  const switches = bundle.compact_sched?.switch_timestamp?.slice(0, 1) ?? [];
  const wakings = bundle.compact_sched?.waking_timestamp?.slice(0, 1) ?? [];
  return [...events, ...switches, ...wakings].map(signed);
}
