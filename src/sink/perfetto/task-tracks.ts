import { NONE } from "../../base/ids.js";
import type { PacketWriter } from "./packets.js";
import { EventType, type TrackEventWriter } from "./track-events.js";
import { describeTrack, Group, type TrackIds } from "./tracks.js";

interface Task {
  readonly track: number;
}

/** The user tasks: a track for each, on which the viewer packs those of one type that do not overlap into rows. */
export class TaskTracks {
  readonly #packets: PacketWriter;
  readonly #events: TrackEventWriter;
  readonly #ids: TrackIds;
  /** Tasks under way. */
  readonly #tasks = new Map<number, Task>();

  constructor(packets: PacketWriter, events: TrackEventWriter, ids: TrackIds) {
    this.#packets = packets;
    this.#events = events;
    this.#ids = ids;
  }

  /** The track of a task under way; −1 if there is none. */
  track(task: number): number {
    return this.#tasks.get(task)?.track ?? NONE;
  }

  /**
   * A task begins.
   * @param type its type, and the number of that as a name
   * @param stack number of the callstack
   * @param flow of the arrow that ends here
   */
  begin(task: number, type: string, name: number, time: number, stack: number, flow: number): void {
    const track = this.#add(type);
    this.#tasks.set(task, { track });
    this.#events.stack = stack;
    this.#events.flowEnd = flow;
    this.#events.write(EventType.Begin, time, track, name);
  }

  /** A task ends; it may have begun before the trace. */
  end(task: number, type: string, name: number, time: number, stack: number): void {
    let track = this.track(task);
    if (track === NONE) {
      track = this.#add(type);
      this.#events.write(EventType.Begin, 0, track, name);
    }
    this.#events.stack = stack;
    this.#events.write(EventType.End, time, track, 0);
    this.#tasks.delete(task);
  }

  #add(type: string): number {
    const track = this.#ids.next();
    describeTrack(this.#packets, { uuid: track, name: type, parent_uuid: Group.Tasks });
    return track;
  }
}
