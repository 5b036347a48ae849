import { putField, putNumber } from "../../bytes/encode/small-varint.js";
import type { EncodedText } from "../../bytes/encoded-text.js";
import { ByteWriter, varintLength } from "../../bytes/writer.js";
import { type PacketWriter, putPacketHead, Sequence } from "./packets.js";
import { lengthTag, varintTag } from "./schema.js";
import { processTrack, threadTrack } from "./tracks.js";

const encoder = new TextEncoder();

/** Bytes of thread descriptions gathered for one packet. */
const PACKET_SIZE = 1 << 14;
/** Bytes of an empty packet. */
const PACKET_BYTES = 64;

const TAG = {
  timestamp: varintTag("TracePacket", "timestamp"),
  sequence: varintTag("TracePacket", "trusted_packet_sequence_id"),
  track: lengthTag("TracePacket", "track_descriptor"),
  uuid: varintTag("TrackDescriptor", "uuid"),
  trackOf: lengthTag("TrackDescriptor", "thread"),
  trackProcess: varintTag("ThreadDescriptor", "pid"),
  trackThread: varintTag("ThreadDescriptor", "tid"),
  tree: lengthTag("TracePacket", "generic_kernel_process_tree"),
  process: lengthTag("GenericKernelProcessTree", "processes"),
  thread: lengthTag("GenericKernelProcessTree", "threads"),
  processId: varintTag("GenericKernelProcessTree.Process", "pid"),
  parentId: varintTag("GenericKernelProcessTree.Process", "ppid"),
  commandLine: lengthTag("GenericKernelProcessTree.Process", "cmdline"),
  threadId: varintTag("GenericKernelProcessTree.Thread", "tid"),
  threadProcess: varintTag("GenericKernelProcessTree.Thread", "pid"),
  threadName: lengthTag("GenericKernelProcessTree.Thread", "comm"),
} as const;

const TRACK_TAG_LENGTH = varintLength(TAG.track);

/** The descriptions of processes and threads, gathered into packets, and of the tracks of threads. */
export class ProcessTree {
  readonly #packets: PacketWriter;
  readonly #time: number;
  readonly #withTracks: boolean;
  readonly #tree = new ByteWriter();
  readonly #entry = new ByteWriter(256);

  /**
   * @param time absolute time of the start of the trace, from which names apply
   * @param withTracks whether all threads get tracks for slices
   */
  constructor(packets: PacketWriter, time: number, withTracks: boolean) {
    this.#packets = packets;
    this.#time = time;
    this.#withTracks = withTracks;
  }

  /** About how many bytes {@link flush} writes. */
  get pending(): number {
    return this.#tree.length + PACKET_BYTES;
  }

  /** Describes a thread. @param needsTrack whether it gets a track although the others do not */
  thread(tid: number, pid: number, name: EncodedText, needsTrack = false): void {
    const tree = this.#tree;
    // Four tags and a length of one byte each, and up to twelve bytes of numbers; long names take more.
    const length = 2 + varintLength(tid) + varintLength(pid) + 1 + varintLength(name.length) + name.length;
    tree.reserve(length + 24);
    const { data } = tree;
    let at = putField(data, tree.length, TAG.thread, length);
    at = putField(data, at, TAG.threadId, tid);
    at = putField(data, at, TAG.threadProcess, pid);
    at = putField(data, at, TAG.threadName, name.length);
    tree.length = name.put(data, at);
    if (tree.length >= PACKET_SIZE) this.flush();
    if (this.#withTracks || needsTrack) this.#track(tid, pid);
  }

  /** Describes a process. */
  process(pid: number, commandLine: string): void {
    const entry = this.#entry;
    entry.clear();
    entry.uvarint(TAG.processId);
    entry.uvarint(pid);
    entry.uvarint(TAG.parentId);
    entry.uvarint(0);
    entry.nested(TAG.commandLine, encoder.encode(commandLine));
    this.#tree.nestedWriter(TAG.process, entry);
  }

  /** Labels a process, which viewers show below its name. */
  label(pid: number, text: string): void {
    this.#packets.packet({
      trusted_packet_sequence_id: Sequence.ThreadTracks,
      track_descriptor: { uuid: processTrack(pid), process: { pid, process_labels: [text] } },
    });
  }

  /** Writes what has been gathered. */
  flush(): void {
    if (this.#tree.length === 0) return;
    const packet = new ByteWriter(this.#tree.length + 64);
    packet.uvarint(TAG.timestamp);
    // Before all events: with a process, Perfetto forgets threads that have its id.
    packet.uvarint(this.#time - 1);
    packet.uvarint(TAG.sequence);
    packet.uvarint(Sequence.Sched);
    packet.nested(TAG.tree, this.#tree.view());
    this.#packets.encoded(packet.view());
    this.#tree.clear();
  }

  #track(tid: number, pid: number): void {
    const uuid = threadTrack(tid);
    const thread = 2 + varintLength(pid) + varintLength(tid);
    const track = 1 + varintLength(uuid) + 1 + varintLength(thread) + thread;
    const { out } = this.#packets;
    out.reserve(64);
    const { data } = out;
    let at = putPacketHead(data, out.length, 2 + TRACK_TAG_LENGTH + varintLength(track) + track);
    at = putField(data, at, TAG.sequence, Sequence.ThreadTracks);
    at = putNumber(data, at, TAG.track);
    at = putNumber(data, at, track);
    at = putField(data, at, TAG.uuid, uuid);
    at = putField(data, at, TAG.trackOf, thread);
    at = putField(data, at, TAG.trackProcess, pid);
    out.length = putField(data, at, TAG.trackThread, tid);
  }
}
