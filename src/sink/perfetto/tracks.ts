import { forEachFact, type Metadata } from "../metadata.js";
import type { TrackGroup } from "../view-options.js";
import { BOOTTIME, INCREMENTAL, type PacketWriter, REALTIME, Sequence } from "./packets.js";
import type { Message } from "./schema.js";

/**
 * A track of the groups "Go runtime" and "GC"; its value is its uuid and its place in its group. A viewer opens a file with all
 * groups closed, but shows the slices of a group's own track. So the GC is a group of its own, in sight from the start.
 */
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
  Gomaxprocs: 12,
  /** A track without a parent. */
  CriticalPath: 16,
} as const;

/** Groups of tracks; values as above. */
export const Group = {
  Procs: 13,
  Threads: 14,
  Tasks: 15,
} as const;

/** First uuid for tracks that appear while the trace is read. */
const FIRST_FREE = 1024;

/** Hands out uuids of tracks. They are even numbers, because tracks of goroutines have odd ones. */
export class TrackIds {
  #last = FIRST_FREE;

  next(): number {
    this.#last += 2;
    return this.#last;
  }
}

/** Uuid of the track of slices of a thread, by its thread id. */
export function threadTrack(tid: number): number {
  return FIRST_FREE + 1 + 2 * tid;
}

/** Process tracks have uuids from here on, as no other track does. */
const FIRST_PROCESS = 2 ** 48;

/** Uuid of the track of a process, by its id. */
export function processTrack(pid: number): number {
  return FIRST_PROCESS + pid;
}

/** The thread id by the uuid of its track. */
export function threadOf(uuid: number): number {
  return (uuid - FIRST_FREE - 1) / 2;
}

const EXPLICIT_ORDER = 3;
const NEVER_MERGE = 2;
// Counters with the same key share a scale, so that they can be compared.
const BYTES = { unit: 3, y_axis_share_key: "heap" };
const GOROUTINES = { unit_name: "goroutines" };
// A viewer shows the unit after each value, also after 1; a single letter needs no plural.
const PROCS = { unit_name: "P" };
const AT_MOST_ALL_PROCS = { y_axis_share_key: "procs" };

interface TrackInfo {
  readonly name: string;
  readonly description: string;
  readonly counter?: Message;
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
    counter: { ...GOROUTINES, ...AT_MOST_ALL_PROCS },
  },
  [Track.GoroutinesRunnable]: {
    name: "Goroutines runnable",
    description: "Ready, waiting for a P",
    counter: GOROUTINES,
  },
  [Track.GoroutinesWaiting]: { name: "Goroutines waiting", description: "Blocked", counter: GOROUTINES },
  [Track.GoroutinesInSyscall]: {
    name: "Goroutines in syscall",
    description: "With or without a P",
    counter: GOROUTINES,
  },
  [Track.ThreadsWithProc]: {
    name: "Threads with a P",
    description: "Threads that have a P, also those in a system call",
    counter: { unit_name: "threads", ...AT_MOST_ALL_PROCS },
  },
  [Track.Gomaxprocs]: {
    name: "GOMAXPROCS",
    description: "Number of Ps",
    counter: { ...PROCS, ...AT_MOST_ALL_PROCS },
  },
};

/** The track group that the tracks up to this one belong to; the first is always written. */
const LAST_OF: readonly [last: number, group: TrackGroup | undefined][] = [
  [Track.Trace, undefined],
  [Track.StopTheWorld, "gc"],
  [Track.Gomaxprocs, "counters"],
];

/** The tracks in the group of the GC. */
const OF_GC: ReadonlySet<number> = new Set([Track.StopTheWorld, Track.Heap, Track.HeapGoal]);

/** Describes the requested tracks of the groups "Go runtime" and "GC". */
export function describeTracks(packets: PacketWriter, wanted: ReadonlySet<TrackGroup>): void {
  describeTrack(packets, {
    uuid: Track.Root,
    name: "Go runtime",
    child_ordering: EXPLICIT_ORDER,
    description: "What the Go runtime did, as its execution trace tells it",
  });
  for (const [key, info] of Object.entries(TRACKS)) {
    const uuid = Number(key);
    const group = LAST_OF.find(([last]) => uuid <= last)?.[1];
    if (group !== undefined && !wanted.has(group)) continue;
    const hasGc = wanted.has("gc");
    if (uuid === Track.Gc) describeTrack(packets, { ...info, uuid, child_ordering: EXPLICIT_ORDER });
    else
      describeTrack(packets, {
        ...info,
        uuid,
        parent_uuid: hasGc && OF_GC.has(uuid) ? Track.Gc : Track.Root,
        sibling_order_rank: uuid,
        sibling_merge_behavior: NEVER_MERGE,
      });
  }
}

/** Describes a track. */
export function describeTrack(packets: PacketWriter, descriptor: Message): void {
  packets.packet({ trusted_packet_sequence_id: Sequence.Tracks, track_descriptor: descriptor });
}

interface TrackGroupText {
  readonly uuid: number;
  readonly choice: TrackGroup;
  readonly name: string;
  readonly description: string;
  /** Whether it is within "Go runtime". The program's own tasks are in sight from the start. */
  readonly isOfRuntime: boolean;
  /** The description if the rows have the runs of goroutines too. */
  readonly withRuns?: string;
}

const GROUPS: readonly TrackGroupText[] = [
  {
    uuid: Group.Procs,
    choice: "procs",
    name: "Procs (P)",
    isOfRuntime: true,
    description: "When each P was idle, in a system call, or worked for the GC; CPU Scheduling has what ran",
    withRuns: "Which goroutine ran on each P, and when it was idle",
  },
  {
    uuid: Group.Threads,
    choice: "threads",
    name: "OS threads (M)",
    isOfRuntime: true,
    description: "Which P each thread of the system had, and its system calls",
    withRuns: "Which goroutine each thread of the system carried, and its system calls",
  },
  {
    uuid: Group.Tasks,
    choice: "tasks",
    name: "Tasks",
    description: "Tasks of runtime/trace",
    isOfRuntime: false,
  },
];

/** Describes the requested groups of Ps, threads and tasks. */
export function describeGroups(packets: PacketWriter, wanted: ReadonlySet<TrackGroup>): void {
  const hasRuns = wanted.has("runs");
  for (const { uuid, choice, name, description, withRuns, isOfRuntime } of GROUPS) {
    if (!wanted.has(choice)) continue;
    describeTrack(packets, {
      uuid,
      name,
      description: (hasRuns && withRuns) || description,
      ...(isOfRuntime && { parent_uuid: Track.Root }),
      sibling_order_rank: uuid,
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
 * Starts a packet sequence. Its times are relative to the previous packet, the first to `time`.
 * @param defaults more defaults for its packets
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

/** The file's clocks start this much before the trace: slices that are older than the trace begin in between. */
export const EARLIER = 4096;

/**
 * Relates the file's times to the wall clock, if the trace has it (Go 1.25 and later).
 * @param written absolute time of the start of the trace in the file
 * @param wall the wall clock then, at least {@link EARLIER}
 */
export function writeClocks(packets: PacketWriter, written: number, wall: bigint | undefined): void {
  const earlier = Math.min(EARLIER, written);
  const clocks: Message[] = [{ clock_id: BOOTTIME, timestamp: written - earlier }];
  if (wall !== undefined) clocks.push({ clock_id: REALTIME, timestamp: wall - BigInt(earlier) });
  packets.packet({
    trusted_packet_sequence_id: Sequence.Tracks,
    sequence_flags: 1,
    clock_snapshot: { clocks, primary_trace_clock: BOOTTIME },
  });
}

/** Writes the facts about the conversion to Perfetto's table `metadata`. */
export function writeMetadata(packets: PacketWriter, metadata: Metadata): void {
  const rows: { name: string; string_value: string }[] = [];
  forEachFact(metadata, ({ perfetto }, value) => {
    const values = typeof value === "object" ? value : [String(value)];
    for (const each of values) rows.push({ name: `go2perfetto.${perfetto}`, string_value: each });
  });
  packets.packet({ trusted_packet_sequence_id: Sequence.Tracks, chrome_events: { metadata: rows } });
}
