import { ByteWriter } from "../../bytes/writer.js";
import { shownText } from "./interning.js";
import { type PacketWriter, Sequence } from "./packets.js";
import { lengthTag, varintTag } from "./schema.js";
import type { Location, Threads } from "./threads.js";
import { type OfGoroutine, type SlotOf, WaitingRows } from "./waiting-rows.js";

const INFO = 4;
const LOG = "AndroidLogPacket.LogEvent";
const TAG = {
  log: lengthTag("TracePacket", "android_log"),
  sequence: varintTag("TracePacket", "trusted_packet_sequence_id"),
  event: lengthTag("AndroidLogPacket", "events"),
  pid: varintTag(LOG, "pid"),
  tid: varintTag(LOG, "tid"),
  timestamp: varintTag(LOG, "timestamp"),
  tag: lengthTag(LOG, "tag"),
  priority: varintTag(LOG, "prio"),
  message: lengthTag(LOG, "message"),
} as const;

/** The low bits of the wall clock: five whole bytes of a varint. The clock does not fit one exact number. */
const LOW_BYTES = 5;
const LOW = 2 ** (7 * LOW_BYTES);
const MORE = 0x80;

/** A log of the program. */
export interface LogRow extends OfGoroutine {
  readonly time: number;
  readonly category: string;
  readonly message: string;
}

/**
 * Rows for the viewer's table of logs. They wait until their goroutines have groups. The table's times are wall-clock
 * times, so it stays empty without a wall clock.
 */
export class LogRows {
  readonly #packets: PacketWriter;
  /** The wall clock at the start of the trace, in two parts. */
  readonly #high: number;
  readonly #low: number;
  readonly #event = new ByteWriter(256);
  readonly #events = new ByteWriter(4096);
  readonly #rows: WaitingRows<LogRow>;

  /** @param wall the wall clock at the start of the trace */
  constructor(packets: PacketWriter, threads: Threads, wall: bigint) {
    this.#packets = packets;
    this.#rows = new WaitingRows(threads);
    this.#high = Number(wall / BigInt(LOW));
    this.#low = Number(wall % BigInt(LOW));
  }

  add(row: LogRow): void {
    this.#rows.add(row);
  }

  /** Writes the rows that are ready. Call it after `Threads` has taken a block. */
  flush(slotOf: SlotOf): void {
    this.#rows.take(slotOf, this.#encode);
    this.#write();
  }

  /** Writes the rest. Call it when `Threads` has given groups to all. */
  finish(): void {
    this.#rows.takeAll(this.#encode);
    this.#write();
  }

  #write(): void {
    if (this.#events.length === 0) return;
    const packet = this.#event;
    packet.clear();
    packet.uvarint(TAG.sequence);
    packet.uvarint(Sequence.Tracks);
    packet.nestedWriter(TAG.log, this.#events);
    this.#packets.append(packet);
    this.#events.clear();
  }

  readonly #encode = ({ time, category, message }: LogRow, location: Location | undefined): void => {
    const event = this.#event;
    event.clear();
    if (location !== undefined) {
      event.uvarint(TAG.pid);
      event.uvarint(location.pid);
      event.uvarint(TAG.tid);
      event.uvarint(location.tid);
    }
    event.uvarint(TAG.timestamp);
    this.#wall(time);
    if (category !== "") {
      event.uvarint(TAG.tag);
      event.text(shownText(category));
    }
    event.uvarint(TAG.priority);
    event.uvarint(INFO);
    event.uvarint(TAG.message);
    event.text(shownText(message));
    this.#events.nestedWriter(TAG.event, event);
  };

  /** Puts a time of the trace as a wall-clock varint. */
  #wall(time: number): void {
    const event = this.#event;
    const sum = this.#low + Math.round(time);
    let low = sum % LOW;
    for (let i = 0; i < LOW_BYTES; i++) {
      event.byte((low % MORE) | MORE);
      low = Math.floor(low / MORE);
    }
    event.uvarint(this.#high + Math.floor(sum / LOW));
  }
}
