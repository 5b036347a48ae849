import { internProblems } from "./integrity-interning.js";
import {
  type CompactSched,
  type TracePacket,
  type TrackDescriptor,
  TrackEventType,
} from "./pftrace-packet.js";
import { type PlacedPacket, placePackets } from "./pftrace-placing.js";
import type { Int } from "./pftrace-reader.js";

const MOST_PROBLEMS = 100;
/** Most packets are about no thread or process. */
const NONE: readonly never[] = [];

/**
 * What is wrong with the packets of a trace, as one message each; none when it is sound. Shares no code with the
 * writer, and looks at what Perfetto's own statistics are silent about.
 *
 * @param packets decoded, with the field names of Perfetto's .proto files
 */
export function pftraceProblems(packets: readonly TracePacket[]): string[] {
  const placement = placePackets(packets);
  const problems = [
    ...placement.problems,
    ...internProblems(packets),
    ...trackProblems(placement.packets),
    ...sliceProblems(placement.packets),
    ...flowProblems(placement.packets),
    ...schedProblems(packets),
    ...threadProblems(packets),
  ];
  const omitted = problems.length - MOST_PROBLEMS;
  return omitted > 0 ? [...problems.slice(0, MOST_PROBLEMS), `and ${omitted} more`] : problems;
}

// ---- Tracks: uuids resolve, parents exist, events suit their track ---------------------------------------------

function* trackProblems(packets: readonly PlacedPacket[]): Generator<string> {
  const tracks = new Map<Int, TrackDescriptor>();
  for (const { at, packet } of packets) {
    const descriptor = packet.track_descriptor;
    if (!descriptor) continue;
    if (descriptor.uuid === undefined) yield `${at}: a track without a uuid`;
    else tracks.set(descriptor.uuid, descriptor);
  }
  for (const descriptor of tracks.values()) yield* parentProblems(descriptor, tracks);
  for (const placed of packets) yield* eventProblems(placed, tracks);
}

function* parentProblems(
  track: TrackDescriptor,
  tracks: ReadonlyMap<Int, TrackDescriptor>,
): Generator<string> {
  const seen = new Set<Int | undefined>([track.uuid]);
  // uuid 0 is Perfetto's root, which needs no descriptor.
  for (let parent = track.parent_uuid; parent; parent = tracks.get(parent)?.parent_uuid) {
    if (!tracks.has(parent)) return yield `track ${track.uuid}: no track has the parent's uuid ${parent}`;
    if (seen.has(parent)) return yield `track ${track.uuid}: its parents form a ring`;
    seen.add(parent);
  }
}

function* eventProblems(
  { at, packet, track }: PlacedPacket,
  tracks: ReadonlyMap<Int, TrackDescriptor>,
): Generator<string> {
  const event = packet.track_event;
  if (!event) return;
  if (track === undefined) return yield `${at}: an event without a track`;
  const descriptor = tracks.get(track);
  if (!descriptor) return yield `${at}: no track has the uuid ${track}`;
  const counts = event.type === TrackEventType.Counter;
  if (counts !== (descriptor.counter !== undefined))
    yield `${at}: event type ${event.type} does not suit track ${track}`;
  const value = event.counter_value ?? event.double_counter_value;
  if (counts && value === undefined) yield `${at}: a counter event without a value`;
}

// ---- Slices: nest, and are balanced, by time on each track -----------------------------------------------------

function* sliceProblems(packets: readonly PlacedPacket[]): Generator<string> {
  for (const [track, edges] of sliceEdges(packets)) {
    // Perfetto sorts by time and leaves packets of one time in the order of the file; so does a stable sort.
    edges.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
    const open: string[] = [];
    for (const edge of edges) {
      if (edge.begins) open.push(edge.at);
      else if (open.pop() === undefined)
        yield `${edge.at}: a slice ends on track ${track} where none is open`;
    }
    for (const at of open) yield `${at}: a slice on track ${track} never ends`;
  }
}

interface SliceEdge {
  readonly at: string;
  readonly time: bigint;
  readonly begins: boolean;
}

function sliceEdges(packets: readonly PlacedPacket[]): Map<Int, SliceEdge[]> {
  const byTrack = new Map<Int, SliceEdge[]>();
  for (const { at, packet, time, track } of packets) {
    const type = packet.track_event?.type;
    if (type !== TrackEventType.SliceBegin && type !== TrackEventType.SliceEnd) continue;
    if (track === undefined || time === undefined) continue;
    const edges = byTrack.get(track) ?? [];
    byTrack.set(track, edges);
    edges.push({ at, time, begins: type === TrackEventType.SliceBegin });
  }
  return byTrack;
}

// ---- Flows: one source and one later end for each id -----------------------------------------------------------

function* flowProblems(packets: readonly PlacedPacket[]): Generator<string> {
  const sources = new Map<Int, PlacedPacket>();
  const ends = new Map<Int, PlacedPacket>();
  for (const placed of packets) {
    yield* recordFlows(placed, placed.packet.track_event?.flow_ids_old, sources, "starts");
    yield* recordFlows(placed, placed.packet.track_event?.terminating_flow_ids_old, ends, "ends");
  }
  for (const [id, source] of sources) {
    const end = ends.get(id);
    if (!end) yield `${source.at}: flow ${id} never ends`;
    else if ((end.time ?? 0n) < (source.time ?? 0n)) yield `${end.at}: flow ${id} ends before it starts`;
  }
  for (const [id, end] of ends) if (!sources.has(id)) yield `${end.at}: flow ${id} never starts`;
}

function* recordFlows(
  placed: PlacedPacket,
  ids: readonly Int[] = [],
  seen: Map<Int, PlacedPacket>,
  verb: string,
): Generator<string> {
  for (const id of ids) {
    const before = seen.get(id);
    if (before) yield `${placed.at}: flow ${id} ${verb} here and in ${before.at}`;
    seen.set(id, placed);
  }
}

// ---- Scheduling: parallel arrays, times that do not go back ----------------------------------------------------

function* schedProblems(packets: readonly TracePacket[]): Generator<string> {
  for (const [index, { ftrace_events: bundle }] of packets.entries()) {
    if (!bundle) continue;
    const at = `packet ${index}`;
    if (bundle.cpu === undefined) yield `${at}: an ftrace bundle without a cpu`;
    if (bundle.compact_sched) yield* compactSchedProblems(at, bundle.compact_sched);
  }
}

// Perfetto walks the arrays of a kind in step and stops at the end of the shortest.
const COMPACT_SCHED_ARRAYS = {
  switch: ["switch_prev_state", "switch_next_pid", "switch_next_prio", "switch_next_comm_index"],
  waking: ["waking_pid", "waking_target_cpu", "waking_prio", "waking_comm_index"],
} as const;

function* compactSchedProblems(at: string, sched: CompactSched): Generator<string> {
  for (const kind of ["switch", "waking"] as const) {
    const times = sched[`${kind}_timestamp`] ?? [];
    for (const field of COMPACT_SCHED_ARRAYS[kind]) {
      const length = sched[field]?.length ?? 0;
      if (length !== times.length) yield `${at}: ${field} has ${length} values for ${times.length} times`;
    }
    // The deltas are unsigned, so a negative one is huge.
    const back = times.findIndex((delta) => delta < 0 || delta >= 1n << 63n);
    if (back >= 0) yield `${at}: ${kind}_timestamp goes back at index ${back}`;
  }
  const names = sched.intern_table?.length ?? 0;
  for (const comm of [...(sched.switch_next_comm_index ?? []), ...(sched.waking_comm_index ?? [])]) {
    if (comm >= names) yield `${at}: comm ${comm} is not among the ${names} of the intern table`;
  }
}

// ---- Threads: whoever is scheduled, sampled or logs is a thread of a known process ------------------------------

function* threadProblems(packets: readonly TracePacket[]): Generator<string> {
  const processes = new Set(packets.flatMap(declaredProcesses));
  // Thread 0 is the idle one, which needs no descriptor.
  const known = new Set<Int | undefined>([0]);
  const pids = new Map<Int | undefined, Int | undefined>();
  for (const { tid, pid } of packets.flatMap(declaredThreads)) {
    known.add(tid);
    // Perfetto keeps the first one, and counts an error.
    if (pids.has(tid) && pids.get(tid) !== pid)
      yield `thread ${tid}: of process ${pids.get(tid)} and of ${pid}`;
    pids.set(tid, pid);
    if (!processes.has(pid)) yield `thread ${tid}: no process has its pid ${pid}`;
  }
  for (const [index, packet] of packets.entries()) {
    for (const tid of usedThreads(packet)) {
      if (known.has(tid)) continue;
      known.add(tid);
      yield `packet ${index}: thread ${tid} has no descriptor`;
    }
  }
}

function declaredProcesses(packet: TracePacket): readonly (Int | undefined)[] {
  const { process_tree: tree, generic_kernel_process_tree: kernelTree, track_descriptor: track } = packet;
  if (!tree && !kernelTree && !track) return NONE;
  return [
    ...(tree?.processes ?? []).map((process) => process.pid),
    ...(kernelTree?.processes ?? []).map((process) => process.pid),
    ...present(track?.process).map((process) => process.pid),
  ];
}

interface DeclaredThread {
  readonly tid?: Int | undefined;
  readonly pid?: Int | undefined;
}

function declaredThreads(packet: TracePacket): readonly DeclaredThread[] {
  const { process_tree: tree, generic_kernel_process_tree: kernelTree, track_descriptor: track } = packet;
  if (!tree && !kernelTree && !track) return NONE;
  return [
    ...(tree?.threads ?? []).map(({ tid, tgid }) => ({ tid, pid: tgid })),
    ...(kernelTree?.threads ?? []),
    ...present(track?.thread),
  ];
}

function usedThreads(packet: TracePacket): readonly Int[] {
  const { ftrace_events: bundle, perf_sample: sample, android_log: log } = packet;
  const state = packet.generic_kernel_task_state_event;
  if (!bundle && !sample && !log && !state) return NONE;
  return [
    ...present(state?.tid),
    ...present(sample?.tid),
    ...(log?.events ?? []).flatMap(({ tid }) => present(tid)),
    ...(bundle?.event ?? []).flatMap((event) =>
      [
        event.pid,
        event.sched_switch?.prev_pid,
        event.sched_switch?.next_pid,
        event.sched_waking?.pid,
        event.sched_blocked_reason?.pid,
      ].flatMap(present),
    ),
    ...(bundle?.compact_sched?.switch_next_pid ?? []),
    ...(bundle?.compact_sched?.waking_pid ?? []),
  ];
}

function present<T>(value: T | undefined): readonly T[] {
  return value === undefined ? NONE : [value];
}
