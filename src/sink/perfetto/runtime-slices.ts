import { type PacketWriter, Sequence } from "./packets.js";
import { startSequence, Track } from "./tracks.js";

const SLICE_BEGIN = 1;
const SLICE_END = 2;
const INSTANT = 3;

/** Name of the range that is the garbage collector's mark phase. */
const GC = "GC concurrent mark phase";

/** The slices of the "Go runtime" group: GC cycles and stop-the-world. */
export class RuntimeSlices {
  readonly #packets: PacketWriter;
  /** Time of the last packet, since times count from packet to packet. */
  #last = 0;
  #gcRunning = false;

  /** @param base absolute time of the start of the trace */
  constructor(packets: PacketWriter, base: number) {
    this.#packets = packets;
    startSequence(packets, Sequence.Tracks, base);
  }

  /** What is said of the trace as a whole. */
  note(time: number, text: string): void {
    this.#event(time, INSTANT, Track.Trace, text);
  }

  gcBegin(time: number): void {
    this.#gcRunning = true;
    this.#event(time, SLICE_BEGIN, Track.Gc, GC);
  }

  /** The mark phase is under way at the start of a generation, of the first one perhaps since before the trace. */
  gcActive(): void {
    if (!this.#gcRunning) this.gcBegin(this.#last);
  }

  gcEnd(time: number): void {
    if (this.#gcRunning) this.#event(time, SLICE_END, Track.Gc);
    this.#gcRunning = false;
  }

  stopBegin(time: number, kind: string): void {
    this.#event(time, SLICE_BEGIN, Track.StopTheWorld, `stop-the-world (${kind})`);
  }

  stopEnd(time: number): void {
    this.#event(time, SLICE_END, Track.StopTheWorld);
  }

  #event(time: number, type: number, track: number, name?: string): void {
    this.#packets.packet({
      timestamp: time - this.#last,
      trusted_packet_sequence_id: Sequence.Tracks,
      track_event: { type, track_uuid: track, ...(name !== undefined && { name }) },
    });
    this.#last = time;
  }
}
