import type { ClockSnapshot } from "../../event/generation.js";
import type { TraceSummary } from "../trace-sink.js";
import { BOOTTIME, INCREMENTAL, type PacketWriter, REALTIME, Sequence } from "./packets.js";
import type { Message } from "./schema.js";

/** A track of the "Go runtime" group; its value is its uuid and its place in the group. */
export const Track = {
  Root: 1,
  Trace: 2,
  Gc: 3,
  StopTheWorld: 4,
  Heap: 5,
  HeapGoal: 6,
  GoroutinesRunning: 7,
  GoroutinesRunnable: 8,
  GoroutinesWaiting: 9,
  GoroutinesInSyscall: 10,
  ThreadsWithProc: 11,
  ThreadsInSyscall: 12,
  Gomaxprocs: 13,
} as const;

/** Groups of tracks within it, likewise. */
export const Group = {
  Procs: 14,
  Threads: 15,
  Tasks: 16,
} as const;

/** Uuids from here on are for tracks that are known only while the trace is read. */
const FIRST_FREE = 1024;

/** Hands out uuids of tracks: even numbers, as the tracks of goroutines have the odd ones. */
export class TrackIds {
  #last = FIRST_FREE;

  next(): number {
    this.#last += 2;
    return this.#last;
  }
}

/** Uuid of the track of slices of a thread (that is a goroutine, or stands for something else). */
export function threadTrack(tid: number): number {
  return FIRST_FREE + 1 + 2 * tid;
}

const EXPLICIT_ORDER = 3;
const NEVER_MERGE = 2;
const BYTES = { unit: 3 };
const COUNT = { unit: 2 };

interface TrackInfo {
  readonly name: string;
  readonly description: string;
  readonly counter?: { readonly unit: number };
}

const TRACKS: Readonly<Record<number, TrackInfo>> = {
  [Track.Trace]: { name: "Trace", description: "The trace itself: where it is from and what is missing" },
  [Track.Gc]: { name: "GC", description: "Concurrent mark phases of the garbage collector" },
  [Track.StopTheWorld]: {
    name: "Stop the world",
    description: "All goroutines stopped, by the reason for it",
  },
  [Track.Heap]: {
    name: "Heap",
    description: "Live heap, as the garbage collector accounts for it",
    counter: BYTES,
  },
  [Track.HeapGoal]: {
    name: "Heap goal",
    description: "Heap size at which the next GC cycle ends",
    counter: BYTES,
  },
  [Track.GoroutinesRunning]: {
    name: "Goroutines running",
    description: "On a P, not in a system call",
    counter: COUNT,
  },
  [Track.GoroutinesRunnable]: {
    name: "Goroutines runnable",
    description: "Ready, waiting for a P",
    counter: COUNT,
  },
  [Track.GoroutinesWaiting]: { name: "Goroutines waiting", description: "Blocked", counter: COUNT },
  [Track.GoroutinesInSyscall]: {
    name: "Goroutines in syscall",
    description: "With or without a P",
    counter: COUNT,
  },
  [Track.ThreadsWithProc]: {
    name: "Threads with a P",
    description: "Threads that have a P, also those in a system call",
    counter: COUNT,
  },
  [Track.ThreadsInSyscall]: {
    name: "Threads in syscall",
    description: "Threads in a system call",
    counter: COUNT,
  },
  [Track.Gomaxprocs]: { name: "GOMAXPROCS", description: "Number of Ps", counter: COUNT },
};

/** Describes the "Go runtime" group and its tracks. */
export function describeTracks(packets: PacketWriter): void {
  describeTrack(packets, {
    uuid: Track.Root,
    name: "Go runtime",
    child_ordering: EXPLICIT_ORDER,
    description: "What the Go runtime did, as its execution trace tells it",
  });
  for (const [uuid, info] of Object.entries(TRACKS)) {
    describeTrack(packets, {
      ...info,
      uuid: Number(uuid),
      parent_uuid: Track.Root,
      sibling_order_rank: Number(uuid),
      sibling_merge_behavior: NEVER_MERGE,
    });
  }
}

/** Describes a track. */
export function describeTrack(packets: PacketWriter, descriptor: Message): void {
  packets.packet({ trusted_packet_sequence_id: Sequence.Tracks, track_descriptor: descriptor });
}

/** Describes the groups of Ps, threads and tasks. */
export function describeGroups(packets: PacketWriter): void {
  const groups: Readonly<Record<number, { readonly name: string; readonly description: string }>> = {
    [Group.Procs]: { name: "Procs (P)", description: "Which goroutine ran on each P" },
    [Group.Threads]: {
      name: "OS threads (M)",
      description: "Which goroutine each thread of the system carried",
    },
    [Group.Tasks]: { name: "Tasks", description: "Tasks of runtime/trace" },
  };
  for (const [uuid, info] of Object.entries(groups)) {
    describeTrack(packets, {
      ...info,
      uuid: Number(uuid),
      parent_uuid: Track.Root,
      sibling_order_rank: Number(uuid),
      sibling_merge_behavior: NEVER_MERGE,
      child_ordering: EXPLICIT_ORDER,
    });
  }
}

/** Describes a track of a group, with siblings in the order of their `rank`. */
export function describeMember(
  packets: PacketWriter,
  uuid: number,
  group: number,
  name: string,
  rank: number,
): void {
  describeTrack(packets, {
    uuid,
    name,
    parent_uuid: group,
    sibling_order_rank: rank,
    sibling_merge_behavior: NEVER_MERGE,
  });
}

/**
 * Starts a packet sequence whose times count from the packet before, the first from `time`.
 * @param defaults more that holds for all its packets
 */
export function startSequence(
  packets: PacketWriter,
  sequence: number,
  time: number,
  defaults: Message = {},
): void {
  packets.packet({
    trusted_packet_sequence_id: sequence,
    sequence_flags: 1,
    clock_snapshot: {
      clocks: [
        { clock_id: BOOTTIME, timestamp: time },
        { clock_id: INCREMENTAL, timestamp: 0, is_incremental: true },
      ],
      primary_trace_clock: BOOTTIME,
    },
    trace_packet_defaults: { timestamp_clock_id: INCREMENTAL, ...defaults },
  });
}

/**
 * Relates the file's times to the wall clock, where the trace knows it (Go 1.25 and later).
 * @param base absolute time of the start of the trace on the trace clock
 * @param written the same as the file has it
 */
export function writeClocks(
  packets: PacketWriter,
  base: number,
  written: number,
  snapshot: ClockSnapshot | undefined,
): void {
  const clocks: Message[] = [{ clock_id: BOOTTIME, timestamp: written }];
  if (snapshot !== undefined) {
    const wall = snapshot.wall - BigInt(Math.round(snapshot.trace - base));
    // Only damage makes a wall clock that read less than nothing, and Perfetto has no number for it.
    if (wall >= 0n) clocks.push({ clock_id: REALTIME, timestamp: wall });
  }
  packets.packet({
    trusted_packet_sequence_id: Sequence.Tracks,
    sequence_flags: 1,
    clock_snapshot: { clocks, primary_trace_clock: BOOTTIME },
  });
}

/** Says where the trace is from and what is missing, in Perfetto's metadata table. */
export function writeMetadata(packets: PacketWriter, title: string, summary: TraceSummary): void {
  const metadata = [
    { name: "go2perfetto.source", string_value: title },
    { name: "go2perfetto.format", string_value: summary.format },
    ...summary.lost.map((lost) => ({ name: "go2perfetto.lost", string_value: lost })),
  ];
  packets.packet({ trusted_packet_sequence_id: Sequence.Tracks, chrome_events: { metadata } });
}
