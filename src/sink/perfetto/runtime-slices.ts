import type { EventBlock } from "../../event/block.js";
import { EventKind } from "../../event/kind.js";
import { BOOTTIME, type PacketWriter, Sequence } from "./packets.js";
import type { Message } from "./schema.js";
import { startSequence, Track } from "./tracks.js";

const SLICE_BEGIN = 1;
const SLICE_END = 2;
const INSTANT = 3;

/** Name of the range that is the garbage collector's mark phase. */
const GC = "GC concurrent mark phase";

/** The slices of the "Go runtime" group: GC cycles and stop-the-world. */
export class RuntimeSlices {
  readonly #packets: PacketWriter;
  readonly #base: number;
  /** Time of the last packet, since times count from packet to packet. */
  #last = 0;
  #gcRunning = false;
  /** Stop-the-world ranges under way. */
  #stops = 0;

  /** @param base absolute time of the start of the trace */
  constructor(packets: PacketWriter, base: number) {
    this.#packets = packets;
    this.#base = base;
    startSequence(packets, Sequence.Tracks, base);
  }

  /** What is said of the trace as a whole. */
  note(time: number, text: string): void {
    this.#event(time, INSTANT, Track.Trace, text);
  }

  /** Ends what is still under way with the trace, and notes what is missing. */
  finish(time: number, lost: readonly string[]): void {
    this.#gcEnd(time);
    for (let i = this.#stops; i > 0; i--) this.#event(time, SLICE_END, Track.StopTheWorld);
    for (const text of lost) this.note(time, `incomplete: ${text}`);
  }

  /** Takes an event of the GC or a stop-the-world. */
  event(block: EventBlock, i: number): void {
    const kind = block.kind[i] as number;
    const time = block.time[i] as number;
    switch (kind) {
      case EventKind.StwBegin:
        this.#stops++;
        this.#event(time, SLICE_BEGIN, Track.StopTheWorld, stopName(block, i));
        break;
      case EventKind.StwEnd:
        // One that had begun before the trace did has no beginning here.
        if (this.#stops > 0) this.#event(time, SLICE_END, Track.StopTheWorld);
        this.#stops = Math.max(this.#stops - 1, 0);
        break;
      case EventKind.GcEnd:
        this.#gcEnd(time);
        break;
      default:
        // A GC that is under way in a later generation is known; in the first one it may be older than the trace.
        if (!this.#gcRunning) this.#event(kind === EventKind.GcActive ? 0 : time, SLICE_BEGIN, Track.Gc, GC);
        this.#gcRunning = true;
    }
  }

  #gcEnd(time: number): void {
    if (this.#gcRunning) this.#event(time, SLICE_END, Track.Gc);
    this.#gcRunning = false;
  }

  #event(time: number, type: number, track: number, name?: string): void {
    this.#packets.packet({
      ...this.#timestamp(time),
      trusted_packet_sequence_id: Sequence.Tracks,
      track_event: { type, track_uuid: track, ...(name !== undefined && { name }) },
    });
  }

  /** Times count from packet to packet; one that lies before must be told by the file's own clock. */
  #timestamp(time: number): Message {
    if (time < this.#last) return { timestamp: this.#base + time, timestamp_clock_id: BOOTTIME };
    const timestamp = time - this.#last;
    this.#last = time;
    return { timestamp };
  }
}

function stopName(block: EventBlock, i: number): string {
  return `stop-the-world (${block.generation?.strings.text(block.name[i] as number)})`;
}
