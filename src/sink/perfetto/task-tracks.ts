import { NONE } from "../../base/ids.js";
import { ByteWriter } from "../../bytes/writer.js";
import type { Steps } from "../trace-sink.js";
import { shownText } from "./interning.js";
import { type PacketWriter, Sequence } from "./packets.js";
import { lengthTag, varintTag } from "./schema.js";
import type { TimelineNames } from "./timeline-names.js";
import { EventType } from "./track-event-bytes.js";
import type { TrackEventWriter } from "./track-events.js";
import { Group, type TrackIds } from "./tracks.js";

const TAG = {
  sequence: varintTag("TracePacket", "trusted_packet_sequence_id"),
  track: lengthTag("TracePacket", "track_descriptor"),
  uuid: varintTag("TrackDescriptor", "uuid"),
  name: lengthTag("TrackDescriptor", "name"),
  parent: varintTag("TrackDescriptor", "parent_uuid"),
} as const;

/** User tasks, with a track each. The viewer packs tracks of one type that do not overlap into rows. */
export class TaskTracks {
  readonly #packets: PacketWriter;
  readonly #events: TrackEventWriter;
  readonly #names: TimelineNames;
  readonly #ids: TrackIds;
  readonly #descriptor = new ByteWriter(256);
  readonly #packet = new ByteWriter(256);
  /** Tracks of open tasks. */
  readonly #tasks = new Map<number, number>();

  constructor(packets: PacketWriter, events: TrackEventWriter, names: TimelineNames, ids: TrackIds) {
    this.#packets = packets;
    this.#events = events;
    this.#names = names;
    this.#ids = ids;
  }

  /** Number of open tasks. */
  get open(): number {
    return this.#tasks.size;
  }

  /** The track of an open task, or −1. */
  track(task: number): number {
    return this.#tasks.get(task) ?? NONE;
  }

  /**
   * A task begins.
   * @param type its type, and the number of that as a name
   * @param stack number of the callstack
   * @param flow the arrow that ends here
   */
  begin(task: number, type: string, name: number, time: number, stack: number, flow: number): void {
    this.#events.stack = stack;
    this.#events.flowEnd = flow;
    this.#begin(task, type, name, time);
  }

  /** A task ends; it may have begun before the trace. */
  end(task: number, type: string, name: number, time: number, stack: number): void {
    if (!this.#tasks.has(task)) {
      this.#events.annotate(this.#names.cut, this.#names.noBeginning);
      this.#begin(task, type, name, 0);
    }
    this.#events.stack = stack;
    this.#events.write(EventType.End, time, this.track(task), 0);
    this.#tasks.delete(task);
  }

  /** Ends open tasks at the end of the trace. */
  *finish(time: number): Steps {
    for (const track of this.#tasks.values()) {
      this.#events.annotate(this.#names.cut, this.#names.noEnd);
      this.#events.write(EventType.End, time, track, 0);
      yield;
    }
    this.#tasks.clear();
  }

  #begin(task: number, type: string, name: number, time: number): void {
    const track = this.#add(type);
    this.#tasks.set(task, track);
    this.#events.category = this.#names.category.task;
    this.#events.annotateNumber(this.#names.task, task);
    this.#events.write(EventType.Begin, time, track, name);
  }

  #add(type: string): number {
    const track = this.#ids.next();
    const descriptor = this.#descriptor;
    descriptor.clear();
    descriptor.uvarint(TAG.uuid);
    descriptor.uvarint(track);
    descriptor.uvarint(TAG.parent);
    descriptor.uvarint(Group.Tasks);
    descriptor.uvarint(TAG.name);
    descriptor.text(shownText(type));
    const packet = this.#packet;
    packet.clear();
    packet.uvarint(TAG.sequence);
    packet.uvarint(Sequence.ThreadTracks);
    packet.nestedWriter(TAG.track, descriptor);
    this.#packets.append(packet);
    return track;
  }
}
