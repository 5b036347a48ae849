import { type PacketWriter, Sequence } from "./packets.js";
import type { Threads } from "./threads.js";

const INFO = 4;

/** A log of the program. */
export interface LogRow {
  readonly time: number;
  readonly goroutine: number;
  readonly slot: number;
  readonly category: string;
  readonly message: string;
}

/**
 * The logs of a block for the viewer's table of logs, which wait until its goroutines have their groups. That table's
 * times are on the wall clock: without one there can be no rows.
 */
export class LogRows {
  readonly #packets: PacketWriter;
  readonly #threads: Threads;
  readonly #wall: bigint;
  #rows: LogRow[] = [];

  /** @param wall the wall clock at the start of the trace */
  constructor(packets: PacketWriter, threads: Threads, wall: bigint) {
    this.#packets = packets;
    this.#threads = threads;
    this.#wall = wall;
  }

  add(row: LogRow): void {
    this.#rows.push(row);
  }

  /** Writes them. */
  flush(): void {
    if (this.#rows.length === 0) return;
    const events = this.#rows.map(({ time, goroutine, slot, category, message }) => ({
      ...this.#threads.locate(slot, goroutine),
      timestamp: this.#wall + BigInt(Math.round(time)),
      ...(category !== "" && { tag: category }),
      prio: INFO,
      message,
    }));
    this.#packets.packet({ trusted_packet_sequence_id: Sequence.Tracks, android_log: { events } });
    this.#rows = [];
  }
}
